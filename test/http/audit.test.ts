import { expect } from 'chai';
import type { AuditEvent } from '../../lib/protocol/audit.js';
import { internalsOf } from '../../lib/internals.js';
import type { RemoteSubmission } from '../../lib/remote-submission.js';
import { ask, jobOf, sharedInstance, type Ask } from './support.js';

const deeds = (events: AuditEvent[]) =>
  events.map(({ username, action, attempt, detail }) => [username, action, attempt, detail]);

describe('the audit by REST and host code', () => {
  let drs: RemoteSubmission;
  let send: Ask;
  before(async () => {
    drs = await sharedInstance();
    send = await ask(drs);
  });

  it('names the user of each request about a job, also when the job is gone', async () => {
    const { serverId, interpreterId } = await jobOf(drs);
    const body = {
      title: 'J',
      program: 'x',
      remoteDirectory: '~',
      remoteFilename: 'p',
      serverId,
      interpreterId,
    };
    const { body: job } = await send('post', '/jobs', 'ann').send(body);
    const at = `/jobs/${job.id}`;
    await send('patch', at, 'admin').send({ title: 'K', program: 'y' }).expect(200);
    await send('post', `${at}/submit`, 'ann')
      .send({ username: 'eve', password: 'sentinel-audit' })
      .expect(202);
    await send('post', `${at}/cancel`, 'ann').send({}).expect(202);
    await send('delete', at, 'ann').expect(204);
    const events = await internalsOf(drs).audit.ofJob(job.id);
    expect(deeds(events)).to.deep.equal([
      ['ann', 'deleted', null, 'K'],
      ['ann', 'cancelled', 1, null],
      ['ann', 'submitted', 1, 'as eve, with a password'],
      ['admin', 'changed', null, 'title, program'],
      ['ann', 'created', null, null],
    ]);
    expect(events[2]?.userId).to.equal('id-of-ann');
    expect(JSON.stringify(events)).not.to.contain('sentinel-audit');
  });

  it('names the host application where it names nobody, or whom it names', async () => {
    const job = await jobOf(drs);
    await drs.submitJob(job.id);
    await drs.cancelJob(job.id, { by: 'nightly' });
    await drs.copyJob(job.id, { as: { id: 'id-of-ann', username: 'ann' }, by: 'nightly' });
    await drs.cancelJob(job.id);
    expect(deeds(await internalsOf(drs).audit.ofJob(job.id))).to.deep.equal([
      ['system', 'cancelled', 2, null],
      ['ann', 'copied', 2, "as ann, with the app's own key"],
      ['nightly', 'cancelled', 1, null],
      ['system', 'submitted', 1, "as id-of-ann, with the app's own key"],
    ]);
  });

  it('tells of servers and interpreters', async () => {
    const { body: one } = await send('post', '/interpreters', 'admin').send({ name: 'Perl', path: 'perl' });
    const { body: server } = await send('post', '/servers', 'admin').send({
      title: 'S',
      hostname: 'H.example',
    });
    await send('patch', `/servers/${server.id}`, 'admin').send({ port: 23, interpreterIds: [one.id] });
    await send('patch', `/servers/${server.id}`, 'admin').send({ interpreterIds: [] });
    await send('patch', `/servers/${server.id}`, 'admin').send({ title: 'T', interpreterIds: [] });
    await send('delete', `/servers/${server.id}`, 'admin').expect(204);
    await send('delete', `/interpreters/${one.id}`, 'admin').expect(204);
    const { audit } = internalsOf(drs);
    expect(deeds(await audit.ofServer({ id: server.id, hostname: 'x', port: 1 }))).to.deep.equal([
      ['admin', 'deleted', null, 'T'],
      ['admin', 'changed', null, 'title'],
      ['admin', 'changed', null, 'interpreters'],
      ['admin', 'changed', null, 'port, interpreters'],
      ['admin', 'created', null, 'S'],
    ]);
    expect(deeds(await audit.ofInterpreter(one.id)).map(([, action]) => action)).to.deep.equal([
      'deleted',
      'created',
    ]);
  });
});
