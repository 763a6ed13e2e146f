/** When to stop: Ctrl-C, SIGTERM, a closed terminal, or npm that is gone. */

const IMPATIENT_MS = 2000;
const LOOK_MS = 500;

/** Resolves with a word about who asked. */
export function untilAskedToStop() {
  return new Promise((resolve) => {
    let askedAt;
    const ask = (why) => {
      askedAt ??= performance.now();
      resolve(why);
      // Behind npm one Ctrl-C arrives twice: from the terminal and from npm. A later one means it.
      if (performance.now() - askedAt > IMPATIENT_MS) process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => ask(signal));
    // Where npm starts a shell that stays in between, a signal to npm ends the shell, and nobody tells this process.
    if (process.env.npm_lifecycle_event) watchParent(() => ask('npm is gone'));
  });
}

function watchParent(onGone) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
}
