import { expect } from 'chai';
import { createSealer } from '../lib/secrets.js';

const secret = 'a secret of the tests, long enough';
const plain = { password: 'pä$$word\0' };

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

describe('a sealer', () => {
  it('opens what another one with the same secret sealed', () => {
    expect(createSealer(secret).open(createSealer(secret).seal(plain, '7'), '7')).to.deep.equal(plain);
  });

  it('never seals the same twice in the same way', () => {
    const sealer = createSealer(secret);
    expect(sealer.seal(plain, '7').equals(sealer.seal(plain, '7'))).to.equal(false);
  });

  it('does not open what belongs elsewhere, was changed, or was cut', () => {
    const sealer = createSealer(secret);
    const sealed = sealer.seal(plain, '7');
    const changed = Buffer.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;

    expect(codeOf(() => sealer.open(sealed, '8'))).to.equal('secret_wrong');
    expect(codeOf(() => sealer.open(changed, '7'))).to.equal('secret_wrong');
    expect(codeOf(() => sealer.open(sealed.subarray(0, 20), '7'))).to.equal('secret_wrong');
    expect(codeOf(() => sealer.open(Buffer.alloc(0), '7'))).to.equal('secret_wrong');
    expect(codeOf(() => createSealer(`${secret}!`).open(sealed, '7'))).to.equal('secret_wrong');
  });

  it('without a secret says which option is missing, and never what it was to seal', () => {
    const sealer = createSealer(null);

    expect(sealer.canSeal).to.equal(false);
    expect(() => sealer.seal(plain, '7')).to.throw(/^(?!.*pä).*"secret" option.*DRS_SECRET/);
    expect(codeOf(() => sealer.seal(plain, '7'))).to.equal('secret_missing');
  });
});
