/** What programs do that broke the promise before: each kind of program does one thing to its surroundings. */

export const kinds = [
  'plain',
  'wiping its directory',
  'wiping the control root',
  'moving its directory',
  'protecting its files',
  'protecting its directory',
  'truncating its output',
  'touching its files',
  'leaving a process',
  'leaving a process that holds its output',
  'with old times',
] as const;

/** Kinds of programs. All but a plain one act upon something. */
export type Kind = (typeof kinds)[number];

/** A program prints this line before it acts, and the other one afterwards. */
export const actMark = 'the program acts\n';
export const actedMark = 'the program has acted\n';

/** What a program does, and what comes of it. */
export interface Act {
  /** Python; `startsFile` names a file outside of its directory. */
  python: string;
  /** It acts when its files are there already. */
  isLast?: boolean;
  /** What it prints meanwhile. */
  stdout?: string;
  stderr?: string;
  /** Files that are there before the start, with times of 2001. */
  before?: Record<string, string>;
  /** Results beside its own files. */
  results?: Record<string, string>;
}

const everyFile = `
for folder, _, names in os.walk('.'):
    for path in [os.path.join(folder, name) for name in names]: `;

/** Seconds since 1970, in the year 2001. */
export const longAgo = 1_000_000_000;
const farAhead = 4_000_000_000;

export const acts: Record<Exclude<Kind, 'plain'>, (random: () => number) => Act> = {
  'wiping its directory': () => ({
    before: { 'before.txt': 'old', 'deep/before.txt': 'old' },
    python: `
for name in os.listdir('.'): shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)`,
  }),
  'wiping the control root': () => ({
    python: `
root = os.path.expanduser('~/.drs')
if not os.path.isdir(root): sys.exit('There is no control root to be wiped.')
subprocess.run(['rm', '-rf', root], check=True)`,
  }),
  'moving its directory': () => ({
    isLast: true,
    python: `
os.rename(os.getcwd(), startsFile + '-moved')`,
  }),
  'protecting its files': () => ({
    isLast: true,
    python: `${everyFile}os.chmod(path, 0o400)
subprocess.run(['chmod', '-R', 'a-w', '.'], check=True)`,
  }),
  'protecting its directory': () => ({
    isLast: true,
    python: `
os.chmod('.', 0o500)`,
  }),
  'truncating its output': () => ({
    stdout: 'opened anew\nover stdout\nby tee\n',
    stderr: 'opened anew\nover stderr\nby tee\n',
    python: `
for path in ['/dev/stdout', '/dev/stderr']:
    with open(path, 'w') as again: again.write('opened anew\\n')
script = 'echo over stdout >/dev/stdout; echo over stderr >/dev/stderr; echo by tee | tee /dev/stderr'
subprocess.run(['sh', '-c', script], check=True)`,
  }),
  'touching its files': () => ({
    isLast: true,
    before: { 'before.txt': 'old', 'deep/before.txt': 'old, too' },
    results: { 'before.txt': 'old', 'deep/before.txt': 'old, too' },
    python: `${everyFile}os.utime(path)`,
  }),
  'leaving a process': () => ({
    python: `
away = subprocess.DEVNULL
subprocess.Popen(['sleep', '5'], stdin=away, stdout=away, stderr=away, start_new_session=True)`,
  }),
  'leaving a process that holds its output': (random) => ({
    python: `
subprocess.Popen(['sleep', '${(1 + 4 * random()).toFixed(2)}'], start_new_session=True)`,
  }),
  'with old times': () => ({
    isLast: true,
    before: { 'kept.txt': 'kept', 'moved.txt': 'moved', 'rewritten.txt': 'written' },
    results: { 'brought.txt': 'brought', 'new name.txt': 'moved', 'rewritten.txt': 'WRITTEN' },
    python: `
with open(startsFile + '-old', 'w') as old: old.write('brought')
with open('rewritten.txt', 'r+') as again: again.write('WRITTEN')
for path in [startsFile + '-old', 'rewritten.txt', 'small.txt']: os.utime(path, (${longAgo}, ${longAgo}))
os.utime('large.bin', (${farAhead}, ${farAhead}))
os.rename(startsFile + '-old', 'brought.txt')
os.rename('moved.txt', 'new name.txt')`,
  }),
};
