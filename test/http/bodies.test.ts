import { expect } from 'chai';
import { apps, asker, instance, jobOf, sharedInstance } from './support.js';

for (const [name, createApp] of Object.entries(apps)) {
  describe(`bodies, with ${name}`, () => {
    it('are read as JSON', async () => {
      const ask = asker(createApp(await sharedInstance()));
      const { status, body } = await ask('post', '/interpreters', 'admin').send({ name: 'A', path: 'a' });
      expect(status).to.equal(201);
      expect(body.name).to.equal('A');
    });

    it('may be missing where nothing is required', async () => {
      const drs = await sharedInstance();
      const job = await jobOf(drs);
      const { status } = await asker(createApp(drs))('post', `/jobs/${job.id}/submit`, 'ann');
      expect(status).to.equal(202);
      await drs.cancelJob(job.id);
    });

    it('that are no JSON are refused', async () => {
      const ask = asker(createApp(await sharedInstance()));
      const { status, body } = await ask('post', '/interpreters', 'admin').type('text/plain').send('name=A');
      expect(status).to.equal(415);
      expect(body).to.include({ code: 'unsupported_media_type' });
    });
  });
}

for (const name of ['Express 5', 'Express 4']) {
  describe(`bodies that the router reads, with ${name}`, () => {
    it('that are wrong JSON are refused', async () => {
      const ask = asker((apps[name] as (typeof apps)[string])(await sharedInstance()));
      for (const text of ['{"name":', '"text"', '[1']) {
        const { status, body } = await ask('post', '/interpreters', 'admin').type('json').send(text);
        expect(status, text).to.equal(400);
        expect(body).to.include({ code: 'invalid_json' });
      }
      const { body } = await ask('post', '/interpreters', 'admin').type('json').send('[]');
      expect(body).to.include({ code: 'invalid_input', status: 400 });
    });

    it('hold programs up to the limit, however they are escaped', async () => {
      const drs = await instance({ limits: { programBytes: 200_000 } });
      const ask = asker((apps[name] as (typeof apps)[string])(drs));
      const job = await jobOf(drs);
      const change = (program: string) => ask('patch', `/jobs/${job.id}`, 'ann').send({ program });
      expect((await change('\n'.repeat(200_000))).status).to.equal(200);
      const tooLong = await change('x'.repeat(200_001));
      expect(tooLong.status).to.equal(413);
      expect(tooLong.body).to.include({ code: 'program_too_large' });
      const tooLarge = await change('x'.repeat(600_000));
      expect(tooLarge.status).to.equal(413);
      expect(tooLarge.body).to.include({ code: 'body_too_large' });
    });
  });
}
