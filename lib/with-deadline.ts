/** Waiting that has an end. */

/**
 * The value of `answer`; what it was asked for goes on, also when nobody waits for it any more.
 * @param ms milliseconds that it is waited for
 * @param late what is thrown then
 */
export async function withDeadline<T>(answer: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([answer, passed]);
  } finally {
    clearTimeout(timer);
  }
}
