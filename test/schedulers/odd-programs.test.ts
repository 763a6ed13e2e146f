import { expect } from 'chai';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bench, endOf, shells, type Bench } from './support.js';

for (const shell of shells) {
  describe(`programs that do odd things, with ${shell.command} as sh`, () => {
    let at: Bench;
    before(async () => {
      at = await bench(shell);
    });

    const startsOf = (name: string) => readFile(join(at.home, name), 'utf8');

    for (const [what, act] of [
      ['moves its own directory away', 'here=$PWD; cd ..; mv "$here" "$here.done"'],
      ['removes its own directory', 'rm -rf "$PWD"'],
      ['wipes what lies in it', 'rm -rf ./* ./.[!.]*'],
      ['takes away the right to write there', 'echo 1 >a.csv; chmod -R a-w .'],
      ['makes all its files read-only', 'echo 1 >a.csv; find . -type f -exec chmod 400 {} +'],
      ['takes away every right there', 'chmod 000 .'],
      ['takes away every right to control directories', 'chmod -R 000 ~/.drs'],
    ] as const) {
      it(`starts a program that ${what} once, and tells its end and its output`, async () => {
        const starts = `starts-${what.replace(/\W/g, '-')}`;
        const program = `echo s >>~/${starts}; echo one; sleep 0.2; ${act}; echo two; echo three >&2; exit 3`;
        const ran = await at.run(at.planOf(program));
        expect(endOf(ran)).to.deep.include({ code: 3, reason: 'exit', sizes: { stdout: 8, stderr: 6 } });
        expect(ran).to.include({ stdout: 'one\ntwo\n', stderr: 'three\n' });
        expect(await startsOf(starts)).to.equal('s\n');
      });
    }

    it('tells the end of a program that wipes the control root', async () => {
      const ran = await at.run(at.planOf('echo one; sleep 0.3; rm -rf ~/.drs; sleep 0.2; echo two; exit 3'));
      expect(endOf(ran)).to.deep.include({ code: 3, reason: 'exit', notes: ['wiped'] });
      expect(ran.stdout).to.equal('one\ntwo\n');
      expect(await stat(join(at.home, '.drs', 'id'))).to.have.property('size', 33);
    });

    for (const [what, act, notes] of [
      ['what holds its output by a folder', 'rm "$D/out"; mkdir "$D/out"', ['wiped']],
      ['what holds its output by a pipe', 'rm "$D/out"; mkfifo "$D/out"', ['wiped']],
      ['what holds its output by a link', 'ln -sf /etc/passwd "$D/out"', ['wiped']],
      ['all by a copy', 'cp -a ~/.drs ~/.copy; echo two; rm -rf ~/.drs; mv ~/.copy ~/.drs', ['wiped']],
      ['the place of its end by a folder', 'mkdir "$D/exit"', []],
      ['the control root by a file', 'mv ~/.drs ~/.gone; echo x >~/.drs', ['wiped']],
      ['its directory by another one', 'here=$PWD; cd ..; mv "$here" "$here.o"; mkdir "$here"', ['moved']],
    ] as const) {
      it(`tells the end of a program that replaces ${what}, and what is missing`, async () => {
        const program = `D=$DRS_CONTROL_DIRECTORY; echo one; sleep 0.2; ${act}; echo three; exit 3`;
        const ran = await at.run(at.planOf(program, { isLive: false }));
        expect(endOf(ran)).to.deep.include({ code: 3, reason: 'exit', notes: [...notes] });
        if (!notes.includes('wiped' as never)) expect(ran.stdout).to.equal('one\nthree\n');
        expect(ran.stdout).not.to.contain('root:');
      });
    }

    it('tells the whole output of a program that stops what reads it', async () => {
      const isReader = 'case $(tr "\\0" " " <$p/cmdline) in "tee -a $DRS_CONTROL_DIRECTORY"*)';
      const stop = `for p in /proc/[0-9]*; do ${isReader} kill -STOP \${p#/proc/};; esac; done 2>/dev/null`;
      const ran = await at.run(at.planOf(`echo one; sleep 0.2; ${stop}; echo two; exit 3`));
      expect(endOf(ran)).to.deep.include({ code: 3, notes: [], sizes: { stdout: 8, stderr: 0 } });
      expect(ran.stdout).to.equal('one\ntwo\n');
    });

    for (const [what, program, stdout, stderr] of [
      ['/dev/stderr', 'for i in 1 2 3; do echo "line $i" >/dev/stderr; done', '', 'line 1\nline 2\nline 3\n'],
      [
        '/dev/stdout',
        'seq 1 2000; echo last >/dev/stdout',
        `${Array.from({ length: 2000 }, (_, i) => `${i + 1}\n`).join('')}last\n`,
        '',
      ],
      ['tee /dev/stderr', 'echo a | tee /dev/stderr; echo b | tee /dev/stderr', 'a\nb\n', 'a\nb\n'],
      ['both ways', 'echo first >&2; echo second >/dev/stderr', '', 'first\nsecond\n'],
    ] as const) {
      it(`loses nothing of what is written to ${what}`, async () => {
        for (const isLive of [true, false]) {
          const ran = await at.run(at.planOf(program, { isLive }));
          expect(ran).to.include({ stdout, stderr });
        }
      });
    }

    it('gives the program pipes for its output, and nothing to read', async () => {
      const ran = await at.run(
        at.planOf('[ -p /dev/stdout ] && [ -p /dev/stderr ] && ! read -r x && echo yes'),
      );
      expect(ran.stdout).to.equal('yes\n');
    });

    it('lets the program be interrupted', async () => {
      const program = `import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
print(signal.getsignal(signal.SIGQUIT) is signal.SIG_DFL, signal.getsignal(signal.SIGHUP) is signal.SIG_DFL)
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)`;
      const ran = await at.run(at.planOf(program, { interpreter: { path: 'python3', arguments: [] } }));
      expect(ran.stdout).to.equal('True\nTrue True\nTrue\n');
    });

    it('leaves SIGPIPE as usual', async () => {
      const ran = await at.run(at.planOf('grep SigIgn /proc/self/status; yes | head -n 1'));
      expect(ran.stdout).to.match(/SigIgn:\s0+\ny\n/);
    });

    it('runs the program with the umask of the account, and leaves no control file to others', async () => {
      const plan = at.planOf('umask; touch made; mkdir folder');
      const ran = await at.run(plan);
      const mask = process.umask();
      const made = await stat(join(at.home, plan.directory.slice(2), 'made'));
      expect(Number.parseInt(ran.stdout, 8)).to.equal(mask);
      expect(made.mode & 0o777).to.equal(0o666 & ~mask);
      expect((await stat(join(at.home, '.drs'))).mode & 0o777).to.equal(0o700);
    });

    for (const code of [1, 2, 126, 127, 128, 160, 165, 193, 200, 254, 255]) {
      it(`tells exit code ${code} as it is`, async () => {
        expect(endOf(await at.run(at.planOf(`exit ${code}`)))).to.include({ code, signal: null });
      });
    }

    it('names the signal that ended it', async () => {
      for (const signal of ['KILL', 'SEGV', 'USR1']) {
        const ran = await at.run(at.planOf(`kill -s ${signal} $$; sleep 5`));
        expect(endOf(ran)).to.include({ signal: `SIG${signal}` });
      }
    });

    for (const [what, lay] of [
      ['folder', (path: string) => mkdir(path, { recursive: true })],
      [
        'link',
        async (path: string) => {
          const { symlink } = await import('node:fs/promises');
          await symlink('/etc/hostname', path);
        },
      ],
    ] as const) {
      it(`refuses a ${what} where the program should lie, before anything runs`, async () => {
        const plan = at.planOf('echo ran', { filename: 'fit' });
        const directory = join(at.home, plan.directory.slice(2));
        await mkdir(directory, { recursive: true });
        await lay(join(directory, 'fit'));
        const { report, how } = await at.run(plan);
        expect(report).to.include({ kind: 'refused', what: 'program' });
        expect(how).to.deep.equal([]);
      });
    }

    it('tells the end when something that was left behind holds the output', async () => {
      const from = Date.now();
      const ran = await at.run(at.planOf('(sleep 6; echo late) & echo early'));
      expect(endOf(ran)).to.deep.include({ code: 0, notes: ['open'], sizes: { stdout: 6, stderr: 0 } });
      expect(Date.now() - from).to.be.within(2_000, 5_000);
    });

    it('does not wait for a daemon that holds nothing', async () => {
      const from = Date.now();
      const ran = await at.run(at.planOf('sleep 4 >/dev/null 2>&1 & echo early'));
      expect(endOf(ran)).to.deep.include({ code: 0, notes: [] });
      expect(Date.now() - from).to.be.lessThan(2_000);
    });

    it('says that it was lost when the program kills what watches over it, and ends what is left', async () => {
      const ran = await at.run(at.planOf('echo $$; kill -9 $PPID; sleep 300'));
      expect(ran.report).to.include({ kind: 'lost' });
    });

    it('tells the end of a program that stops what follows it', async () => {
      const program =
        'echo a; for p in /proc/[0-9]*; do grep -qs "^tail" $p/comm && kill -STOP ${p#/proc/}; done; exit 3';
      // Of this bench alone: other tests have followers, too.
      const own = program.replace('grep -qs "^tail"', 'grep -qs "$PWD_MARK" $p/cmdline && grep -qs "^tail"');
      const plan = at.planOf(own.replace('$PWD_MARK', 'job-stopped-tail'), { name: 'job-stopped-tail-1' });
      const ran = await at.run(plan);
      expect(endOf(ran)).to.include({ code: 3 });
      expect(ran.stdout).to.equal('a\n');
    });

    it('ends a program that stopped what watches over it at its timeout, and at a cancel', async () => {
      const program = 'echo a; kill -STOP $PPID; sleep 300';
      const timedOut = await at.run(at.planOf(program, { timeoutMs: 500 }));
      expect(endOf(timedOut)).to.include({ reason: 'timeout' });
      const controlRoot = timedOut.root;
      const plan = at.planOf(program);
      let cancelled: Promise<string> | undefined;
      const ran = await at.run(plan, {
        onOutput: () =>
          void (cancelled ??= at.scheduler.cancel(
            at.session,
            { ...plan, controlRoot },
            { fence: 1, began: null },
          )),
      });
      expect(await cancelled).to.equal('ended');
      expect(endOf(ran)).to.include({ reason: 'cancel' });
    });

    it('keeps the output of one stream when the file of the other is removed', async () => {
      for (const [kept, removed] of [
        ['out', 'err'],
        ['err', 'out'],
      ] as const) {
        const to = kept === 'out' ? '' : ' >&2';
        const program = `seq 1 100${to}; rm -f "\${DRS_CONTROL_DIRECTORY}${removed}"; seq 101 200${to}`;
        const ran = await at.run(at.planOf(program, { isLive: false }));
        const all = Array.from({ length: 200 }, (_, i) => `${i + 1}\n`).join('');
        expect(kept === 'out' ? ran.stdout : ran.stderr).to.equal(all);
      }
    });

    it('stores no word of a shell about a watcher that was killed', async () => {
      for (const signal of ['KILL', 'TERM']) {
        const ran = await at.run(at.planOf(`echo a; kill -${signal} $PPID; sleep 0.5; echo b`));
        expect(ran).to.include({ stderr: '' });
      }
    });

    it('tells the exit code though the control root became a file', async () => {
      const from = Date.now();
      const ran = await at.run(at.planOf('rm -rf ~/.drs; echo x >~/.drs; exit 28', { isListing: false }));
      expect(await stat(join(at.home, '.drs', 'id'))).to.have.property('size', 33);
      expect(endOf(ran)).to.include({ code: 28 });
      expect(Date.now() - from).to.be.lessThan(10_000);
    });

    it('puts the control directory elsewhere when the working directory holds it', async () => {
      const ran = await at.run(at.planOf('rm -rf ./.drs; exit 3', { directory: '~' }));
      expect(ran.root?.path).to.equal(`/var/tmp/drs-${process.getuid?.()}`);
      expect(endOf(ran)).to.include({ code: 3 });
    });

    it('puts it where the server says', async () => {
      const ran = await at.run(at.planOf('exit 3', { controlDirectory: '~/else where/drs' }));
      expect(ran.root?.path).to.equal(join(at.home, 'else where/drs'));
      expect(endOf(ran)).to.include({ code: 3 });
    });

    it('refuses to work below the control directory', async () => {
      const { report } = await at.run(at.planOf('exit 3', { directory: '~/.drs/mine' }));
      expect(report).to.include({ kind: 'refused', what: 'directory' });
    });
  });
}
