import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import { transportContract } from '../../lib/testing/index.js';
import { local } from '../../lib/transports/local.js';
import type { RemoteScript, Session, Transport } from '../../lib/transports/session.js';
import { failureOf } from './run-case.js';

/** Breaks one rule of a transport that keeps them all. */
type Break = (whole: Transport) => Partial<Transport>;

const starting =
  (start: (session: Session) => Session['start']): Break =>
  ({ acquire }) => ({
    async acquire(...call) {
      const { session, release } = await acquire(...call);
      return { session: { start: start(session) }, release };
    },
  });

const answering = (change: (script: RemoteScript) => Partial<RemoteScript>): Break =>
  starting(({ start }) => async (...call) => {
    const script = await start(...call);
    const { stdin, stdout, stderr, end, close } = script;
    return { stdin, stdout, stderr, end, close: () => close.call(script), ...change(script) };
  });

const mutants: Record<string, [Break, string]> = {
  'gives both streams as one': [
    answering(({ stdout, stderr }) => {
      const both = new PassThrough();
      stdout.pipe(both, { end: false });
      stderr.pipe(both, { end: false });
      let open = 2;
      for (const stream of [stdout, stderr]) stream.once('end', () => (open -= 1) || both.end());
      return { stdout: both, stderr: new PassThrough().end() };
    }),
    'keeps the two output streams apart',
  ],
  'leaves empty arguments out': [
    starting(
      ({ start }) =>
        (script, args, options) =>
          start(
            script,
            args.filter((arg) => arg !== ''),
            options,
          ),
    ),
    'gives the arguments to the script exactly',
  ],
  'starts in another directory': [
    starting(
      ({ start }) =>
        (script, args, options) =>
          start(`cd /\n${script}`, args, options),
    ),
    'starts in the home directory',
  ],
  'tells every end as a good one': [
    answering(({ end }) => ({ end: end.then(() => ({ exitCode: 0, signal: null })) })),
    'reports exit codes',
  ],
  'makes an exit code of a signal': [
    answering(({ end }) => ({
      end: end.then(({ exitCode }) => ({ exitCode: exitCode ?? 137, signal: null })),
    })),
    'reports the signal that ended the shell',
  ],
  'ignores the signal of a script': [
    starting(
      ({ start }) =>
        (script, args, options) =>
          start(script.replace('sleep 300', 'sleep 2'), args, { ...options, signal: undefined }),
    ),
    'ends a script by its signal',
  ],
  'acquires with a signal that is aborted already': [
    ({ acquire }) => ({ acquire: (target) => acquire(target) }),
    'starts nothing, and acquires nothing, with a signal that is aborted already',
  ],
  'passes the environment of this process on': [
    starting(
      ({ start }) =>
        (script, args, options) =>
          start(`DRS_SECRET='${process.env.DRS_SECRET ?? ''}'; export DRS_SECRET\n${script}`, args, options),
    ),
    'gives the script no secret of this process',
  ],
  'lets go of scripts under way when it retires a machine': [
    (whole) => {
      const scripts = new Set<RemoteScript>();
      return {
        ...starting(({ start }) => async (...call) => {
          const script = await start(...call);
          scripts.add(script);
          return script;
        })(whole),
        retire: () => scripts.forEach((script) => script.close()),
      };
    },
    'lets scripts under way run on when it retires their machine, and signs in for what comes next',
  ],
};

describe('the suite of transports finds one that', () => {
  for (const [fault, [breakIt, title]] of Object.entries(mutants)) {
    it(fault, async () => {
      const open = async () => {
        const whole = local();
        const target = { hostname: 'localhost', port: 0, username: '', credential: {} };
        return { transport: { ...whole, ...breakIt(whole) }, target };
      };
      expect(await failureOf((runner) => transportContract('broken', open, runner), title)).to.be.an('error');
    });
  }
});
