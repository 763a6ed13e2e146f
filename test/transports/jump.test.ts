/** Machines behind jump hosts, each a real sshd; the same accounts are on all of them, as they are on one machine. */

import { expect } from 'chai';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '../../lib/embedded/free-port.js';
import type { HostKey, Hop, Target, Transport } from '../../lib/transports/session.js';
import { ssh, type SshOptions } from '../../lib/transports/ssh.js';
import { errorOf, firstLine, runScript } from '../../lib/testing/contracts/run-script.js';
import { atEnd, shared } from '../support/cleanup.js';
import { startSshd, type Sshd } from '../support/sshd.js';
import { memoryHostKeys } from './memory-host-keys.js';

const machines = shared(async () => {
  const [gate, bastion, node] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  return { gate, bastion, node };
});

const hop = ({ hostname, port }: Hop): Hop => ({ hostname, port });
const signIns = (sshd: Sshd): number => sshd.log().match(/Accepted password/g)?.length ?? 0;

describe('jump hosts', () => {
  let gate: Sshd;
  let bastion: Sshd;
  let node: Sshd;

  before(async () => {
    ({ gate, bastion, node } = await machines());
  });

  const transport = (options: Partial<SshOptions> = {}): Transport => {
    const made = ssh({ hostKeys: memoryHostKeys(), ...options });
    atEnd(() => made.close());
    return made;
  };
  const at = (machine: Hop, via: Hop[]): Target => {
    const { username, password } = node.user;
    return { ...hop(machine), via: via.map(hop), username, credential: { password } };
  };
  const hello = async (made: Transport, target: Target): Promise<string> => {
    const { session, release } = await made.acquire(target);
    try {
      return (await runScript(session, 'echo "$SSH_CONNECTION"')).stdout;
    } finally {
      release();
    }
  };

  it('lead to the machine, one and two of them, and each host key is pinned', async () => {
    const hostKeys = memoryHostKeys();
    const made = transport({ hostKeys });
    expect(await hello(made, at(node, [bastion]))).to.match(new RegExp(` ${node.port}\n$`));
    expect(await hello(made, at(node, [gate, bastion]))).to.match(new RegExp(` ${node.port}\n$`));
    const places = [gate, bastion, node].map(({ hostname, port }) => `${hostname}:${port}`);
    expect([...hostKeys.known.keys()]).to.have.members(places);
    for (const { hostname, port, hostKey } of [gate, bastion, node])
      expect(hostKeys.known.get(`${hostname}:${port}`)).to.include({ key: hostKey });
  });

  it('are signed in to once, however many machines are behind them', async () => {
    const made = transport();
    const before = signIns(bastion);
    const other = await node.addNode();
    await Promise.all([node, other, node].map((machine) => hello(made, at(machine, [bastion]))));
    expect(signIns(bastion) - before).to.equal(1);
  });

  it('share the connection of whoever works on the jump host itself', async () => {
    const made = transport();
    const before = signIns(bastion);
    await hello(made, at(bastion, []));
    await hello(made, at(node, [bastion]));
    expect(signIns(bastion) - before).to.equal(1);
  });

  it('carry more than their MaxSessions allows of sessions', async () => {
    const narrow = await startSshd({ config: ['MaxSessions 1'] });
    const made = transport({ maxChannels: 2 });
    const { session, release } = await made.acquire(at(node, [narrow]));
    const scripts = await Promise.all(
      Array.from({ length: 6 }, (_, index) => session.start(`echo ${index}; read -r _`, [])),
    );
    expect(await Promise.all(scripts.map(firstLine))).to.deep.equal(['0', '1', '2', '3', '4', '5']);
    for (const script of scripts) script.close();
    release();
    await narrow.stop();
  });

  it('are left once nobody needs them', async () => {
    const idle = await startSshd();
    const made = transport({ idleMs: 20, spareMs: 0 });
    await hello(made, at(node, [idle]));
    while (idle.pids.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await hello(made, at(node, [idle]))).to.include(String(node.port));
    await idle.stop();
  });

  it('that show another host key than the pinned one are refused before anything secret is sent', async () => {
    const hostKeys = memoryHostKeys();
    const wrong: HostKey = {
      type: 'ssh-ed25519',
      key: node.hostKey,
      fingerprint: 'SHA256:x',
      isApproved: true,
    };
    hostKeys.known.set(`127.0.0.1:${bastion.port}`, wrong);
    const before = signIns(bastion);
    const error = await errorOf(transport({ hostKeys }).acquire(at(node, [gate, bastion])));
    expect(error).to.include({ code: 'host_key_changed' });
    const [a, b, c] = [gate, bastion, node].map(({ port }) => `127.0.0.1:${port}`);
    expect(error.message).to.match(
      new RegExp(`^Cannot reach ${c} through ${a} and ${b}: The host key of ${b} through ${a} has changed`),
    );
    expect(signIns(bastion)).to.equal(before);
    expect(hostKeys.known.has(`127.0.0.1:${node.port}`)).to.equal(false);
  });

  it('pass on the refusal of a host key that is not approved yet', async () => {
    const error = await errorOf(transport({ policy: 'approved-only' }).acquire(at(node, [bastion])));
    expect(error).to.include({ code: 'host_key_unapproved' });
    expect(error.message).to.include(`The host key of 127.0.0.1:${bastion.port}, `);
  });

  it('that refuse the password are named', async () => {
    const { username } = await bastion.addUser();
    const target = { ...at(node, [gate, bastion]), username, credential: { password: 'wrong' } };
    const error = await errorOf(transport().acquire(target));
    expect(error).to.include({ code: 'auth_refused' });
    expect(error.message.match(/Cannot reach/g)).to.have.length(1);
    expect(error.message).to.include(`: Cannot sign in to 127.0.0.1:${gate.port} as ${username}`);
  });

  it('that are down are named', async () => {
    const down = { hostname: '127.0.0.1', port: await freePort() };
    const error = await errorOf(transport().acquire(at(node, [down])));
    expect(error).to.include({ code: 'unreachable' });
    expect(error.message).to.equal(
      `Cannot reach 127.0.0.1:${node.port} through 127.0.0.1:${down.port}: Cannot reach 127.0.0.1:${down.port}: nothing listens there. Check the port, and that the SSH server is running.`,
    );
  });

  it('that went down while their connection was warm are named with the machine', async () => {
    const frail = await startSshd();
    const made = transport();
    await hello(made, at(node, [frail]));
    const other = await node.addNode();
    for (const pid of frail.pids) process.kill(pid, 'SIGKILL');
    const error = await errorOf(made.acquire(at(other, [frail])));
    expect(error).to.include({ code: 'unreachable' });
    const [behind, dead] = [other, frail].map(({ port }) => `127.0.0.1:${port}`);
    expect(error.message).to.include(`Cannot reach ${behind} through ${dead}: Cannot reach ${dead}: `);
    await frail.stop();
  });

  it('say why they cannot reach the machine behind them', async () => {
    const down = { hostname: '127.0.0.1', port: await freePort() };
    const error = await errorOf(transport().acquire(at(down, [bastion])));
    expect(error).to.include({ code: 'unreachable' });
    expect(error.message).to.include(`127.0.0.1:${bastion.port} says "Connection refused"`);
  });

  it('that pass no connections on are told so, with what their administrator can do', async () => {
    const closed = await startSshd({ config: ['AllowTcpForwarding no'] });
    const choosy = await startSshd({ config: ['PermitOpen 127.0.0.1:1'] });
    for (const forbidding of [closed, choosy]) {
      const error = await errorOf(transport().acquire(at(node, [forbidding])));
      expect(error).to.include({ code: 'forwarding_refused' });
      expect(error.message)
        .to.include(`127.0.0.1:${forbidding.port} refuses to pass connections on for ${node.user.username}`)
        .and.include('AllowTcpForwarding');
      await forbidding.stop();
    }
  });

  it('have a deadline each, also for a machine behind them that is silent', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    atEnd(async () => void silent.close());
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const made = transport({ connectTimeoutMs: 1500 });
    const asHop = await errorOf(made.acquire(at(node, [{ hostname: '127.0.0.1', port }])));
    expect(asHop.message).to.include(`Cannot reach 127.0.0.1:${port}: it did not answer within 1.5 s`);
    const behind = await errorOf(made.acquire(at({ hostname: '127.0.0.1', port }, [bastion])));
    expect(behind).to.include({ code: 'unreachable' });
    expect(behind.message).to.include(`through 127.0.0.1:${bastion.port}: it did not answer within 1.5 s`);
  });

  it('that are cut end scripts behind them with connection_lost, and the next one comes anew', async () => {
    const frail = await startSshd();
    const made = transport();
    const { session, release } = await made.acquire(at(node, [gate, frail]));
    const script = await session.start('echo up; sleep 300', []);
    await firstLine(script);
    frail.cut();
    const error = await errorOf(script.end);
    expect(error).to.include({ code: 'connection_lost' });
    expect(error.message).to.include(
      `the connection to 127.0.0.1:${frail.port} through 127.0.0.1:${gate.port} was lost`,
    );
    expect((await runScript(session, 'echo again')).stdout).to.equal('again\n');
    release();
    await frail.stop();
  });

  it('are signed in to anew after retire, while scripts behind them run on', async () => {
    const made = transport();
    const { session, release } = await made.acquire(at(node, [bastion]));
    const script = await session.start('read -r line; echo "$line"', []);
    const before = signIns(bastion);
    made.retire({ hostname: '127.0.0.1', port: bastion.port });
    await hello(made, at(node, [bastion]));
    expect(signIns(bastion) - before).to.equal(1);
    script.stderr.resume();
    script.stdin.end('still here\n');
    expect(await firstLine(script)).to.equal('still here');
    release();
  });

  it('are one machine after another, also where names repeat', async () => {
    const made = transport();
    expect(await hello(made, at(node, [gate, bastion, gate, bastion, gate]))).to.include(String(node.port));
  });

  it('close with the transport', async () => {
    const own = await startSshd();
    const made = transport();
    await hello(made, at(node, [own]));
    await made.close();
    while (own.pids.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await errorOf(made.acquire(at(node, [own])))).to.include({ code: 'connection_lost' });
    await own.stop();
  });
});
