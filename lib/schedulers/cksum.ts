/** The checksum that POSIX `cksum` prints: a CRC of the bytes and of their number (XCU, cksum). */

const table = Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});

/** As `cksum` prints it for standard input: checksum, a space, and the number of bytes. */
export function cksumOf(bytes: Buffer): string {
  let value = 0;
  const add = (byte: number): void => {
    value = (value << 8) ^ (table[((value >>> 24) ^ byte) & 0xff] ?? 0);
  };
  for (const byte of bytes) add(byte);
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 256)) add(rest % 256);
  return `${~value >>> 0} ${bytes.length}`;
}
