import { expect } from 'chai';
import { callScript, readScript } from '../../lib/schedulers/script-call.js';
import { local } from '../../lib/transports/local.js';
import type { Session } from '../../lib/transports/session.js';
import { errorOf } from '../contracts/transport.js';

const say = `say() { printf '\\036%s %s\\n' "$mark" "$*"; }\n`;

describe('a call of a script', () => {
  let session: Session;

  before(async () => {
    const target = { hostname: '', port: 0, username: '', credential: {} };
    ({ session } = await local().acquire(target));
  });

  /** What came, in order for each stream. */
  const read = async (script: string, args: string[] = []) => {
    const seen = { stdout: [] as string[], stderr: [] as string[] };
    const call = await callScript(session, say + script, { args });
    call.script.stdin.end();
    await readScript(call, {
      onLine: (stream, line) => void seen[stream].push(`line ${line}`),
      onOutput: (stream, bytes) => void seen[stream].push(bytes.toString()),
    });
    return seen;
  };

  it('tells its lines, by the mark that it finds in $mark, from its output', async () => {
    const script = 'say ready "$1"; echo out; say done; say hello >&2; echo err >&2';
    expect(await read(script, ['a b'])).to.deep.equal({
      stdout: ['line ready a b', 'out\n', 'line done'],
      stderr: ['line hello', 'err\n'],
    });
  });

  it('counts nothing as output that a stream holds before its first line', async () => {
    const script = 'no-such-helper; echo early; say ready; echo out; say hello >&2; echo err >&2';
    expect(await read(script)).to.deep.equal({
      stdout: ['line ready', 'out\n'],
      stderr: ['line hello', 'err\n'],
    });
  });

  it('that fails is told with what the shell complained of', async () => {
    const error = await errorOf(read('say hello; mkdir /proc/none/such; exit 3'));
    expect(error).to.include({ code: 'script_broken' });
    expect(error.message).to.match(
      /ended with exit code 3\. It said: "mkdir: .*No such file or directory"\.$/,
    );
  });

  it('that fails is told with what it said on stderr where nobody reads that', async () => {
    const script = "say hello >&2; printf '\\033[1m%0300d no  room\\n' 0 >&2; exit 3";
    const call = await callScript(session, say + script, { args: [] });
    const { message } = await errorOf(readScript(call, {}));
    const words = /It said: "(.*)"\.$/.exec(message)?.[1];
    expect(words)
      .to.match(/^0+ … 0+ no room$/)
      .and.have.length.within(290, 300);
  });

  it('that fails without a word is told with what to look at', async () => {
    const { message } = await errorOf(read('say hello; echo output; exit 3'));
    expect(message).to.include('It said nothing. Is the disk full there, or can no process more be started?');
  });

  it('that was ended is told by the signal', async () => {
    expect((await errorOf(read('kill -9 $$'))).message).to.include('ended by SIGKILL. It said nothing.');
  });
});
