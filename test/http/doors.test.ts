import { expect } from 'chai';
import { routes } from '../../lib/http/routes.js';
import { apps, asker, jobOf, sharedInstance, TestAttempt, type Ask } from './support.js';

const unknownPaths = ['/jobs/1/unknown', '/nothing', '/jobs/%zz', '/ui/jobs/x', '/jobs//'];
const ids = ['1', '999999', '0', '-1', 'abc', '99999999999999999999', '1e3', '%00', '..%2f..'];

for (const [name, createApp] of Object.entries(apps)) {
  describe(`the doors, with ${name}`, () => {
    let ask: Ask;
    let paths: Map<(typeof routes)[number], string>;

    before(async () => {
      const drs = await sharedInstance();
      ask = asker(createApp(drs));
      const job = await jobOf(drs, 'ann');
      const attempt = await TestAttempt.start(drs, job.id);
      await attempt.print('secret output');
      await attempt.leave({ 'secret.txt': 'secret' });
      await attempt.finish();
      const result = await drs.models.Result.findOne({ where: { jobId: job.id }, rejectOnEmpty: true });
      paths = new Map(
        routes.map((route) => {
          const id = route.path.startsWith('/results/') ? result.id : job.id;
          return [route, route.path.replace(':id', String(id))];
        }),
      );
    });

    it('are public for nothing but the script and the health check', () => {
      const publicPaths = routes.filter(({ isPublic }) => isPublic).map(({ path }) => path);
      expect(publicPaths).to.have.members(['/client.js', '/health']);
    });

    for (const route of routes.filter(({ isPublic }) => !isPublic)) {
      const { method, path } = route;
      it(`answer anonymous 401 at ${method} ${path}`, async () => {
        for (const body of [undefined, {}, { title: 'x' }]) {
          const { status, headers, body: problem } = await ask(method, paths.get(route) ?? '').send(body);
          expect(status).to.equal(401);
          expect(headers['content-type']).to.match(/^application\/problem\+json/);
          expect(problem).to.include({ code: 'unauthenticated', status: 401 });
        }
      });
    }

    for (const route of routes.filter(({ path }) => path.includes(':id'))) {
      const { method, path } = route;
      it(`answer anonymous 401 at ${method} ${path}, whatever the id`, async () => {
        for (const id of ids) {
          const { status } = await ask(method, path.replace(':id', id));
          expect(status, id).to.equal(401);
        }
      });

      it(`answer 404 at ${method} ${path} for ids that name nothing`, async () => {
        for (const id of ids.slice(1)) {
          const { status, body } = await ask(method, path.replace(':id', id), 'admin').set(
            'accept',
            'application/json',
          );
          expect(status, id).to.equal(404);
          expect(body).to.include({ code: 'not_found' });
        }
      });
    }

    for (const route of routes.filter(({ path }) => /^\/(jobs|results|ui\/jobs)\/:id/.test(path))) {
      const { method, path } = route;
      it(`answer another user 404 at ${method} ${path}, whatever the body`, async () => {
        for (const body of [undefined, {}, { unknown: true }]) {
          const { status, text } = await ask(method, paths.get(route) ?? '', 'mallory').send(body);
          expect(status).to.equal(404);
          expect(text).not.to.include('secret');
        }
      });
    }

    it('answer anonymous 401 at paths that are not served, and others 404', async () => {
      for (const path of unknownPaths) {
        expect((await ask('get', path)).status, path).to.equal(401);
        expect((await ask('get', path, 'ann')).status, path).to.equal(404);
      }
    });

    it('answer 405 with the methods that work', async () => {
      const { status, headers, body } = await ask('put', '/jobs', 'ann').send({});
      expect(status).to.equal(405);
      expect(headers.allow).to.equal('GET, HEAD, POST');
      expect(body).to.include({ code: 'method_not_allowed' });
    });

    it('leave out of lists what another user may not see', async () => {
      for (const path of ['/jobs', '/logs', '/results']) {
        const { status, body } = await ask('get', path, 'mallory');
        expect(status).to.equal(200);
        expect(body).to.deep.equal({ items: [], next: null });
      }
    });

    it('answer 403 to users who may see servers and interpreters but not change them', async () => {
      const { Server } = (await sharedInstance()).models;
      const server = await Server.findOne({ rejectOnEmpty: true });
      const server1 = `/servers/${server.id}`;
      for (const asked of [
        ask('post', '/servers', 'mallory'),
        ask('patch', server1, 'mallory'),
        ask('delete', server1, 'mallory'),
      ]) {
        const { status, body } = await asked.send({});
        expect(status).to.equal(403);
        expect(body).to.include({ code: 'forbidden' });
      }
    });

    it('let in the owner and an administrator', async () => {
      const [, path = ''] = [...paths].find(([route]) => route.path === '/jobs/:id') ?? [];
      expect((await ask('get', path, 'ann')).status).to.equal(200);
      expect((await ask('get', path, 'admin')).status).to.equal(200);
    });
  });
}
