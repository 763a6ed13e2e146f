/** The connection, the host key and the application's key of a server, as an administrator sees to them. */

import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { startSshServer } from '../../../lib/testing/ssh-server.js';
import { atEnd } from '../../support/cleanup.js';
import { makeServer, startBackend, visit, type Backend } from './support/site.js';
import type { Visitor } from './support/visitor.js';

describe('a server in the panel', function () {
  this.timeout(90_000);
  let backend: Backend;
  let visitor: Visitor;
  let page: Page;

  before(async () => {
    backend = await startBackend();
    await makeServer(backend);
    visitor = await visit(backend);
    ({ page } = visitor);
  });

  const toServer = (action: string) => visitor.open(`/resources/drs-servers/records/1/${action}`);
  const steps = () => page.getByTestId('steps').locator('li');
  const test = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Test the connection' }).click();
    await page.getByTestId('steps').waitFor();
  };

  it('is known by no key before the first connection, and says what to do', async () => {
    await toServer('hostKey');
    await page.getByText('The first connection remembers the key', { exact: false }).waitFor();
    await toServer('show');
    await page.getByText('not seen yet: test the connection').waitFor();
  });

  it('is tried step by step, and each step says how long it took', async () => {
    await page.getByTestId('action-testConnection').click();
    await test();
    const names = await steps().locator('strong').allTextContents();
    const way = ['Address', 'Host key', 'Sign-in', 'Shell', 'Commands', 'Control directory', 'Scheduler'];
    expect(names).to.deep.equal(way);
    expect(await page.locator('[data-step="failed"]').count()).to.equal(0);
    const timed = (await steps().allTextContents()).filter((text) => /\d m?s$/.test(text));
    expect(timed).to.have.lengthOf(names.length - 1);
  });

  it('says at which step a wrong password stops', async () => {
    await page.getByLabel('with a password').check();
    await page.getByLabel('Password', { exact: false }).last().fill('wrong');
    await page.getByRole('button', { name: 'Test the connection' }).click();
    await page.locator('[data-step="failed"]').getByText('Sign-in').waitFor();
    await page.getByText(/password refused/).waitFor();
  });

  it('says which interpreter is missing', async () => {
    const gone = await backend.drs.models.Interpreter.create({
      name: 'Gone',
      path: '/opt/gone',
      arguments: [],
    });
    const server = await backend.drs.models.Server.findByPk(1, { rejectOnEmpty: true });
    await server.addInterpreter(gone);
    await toServer('testConnection');
    await test();
    await page.locator('[data-step="failed"]').getByText('/opt/gone is not there').waitFor();
  });

  it('shows its host key, which an administrator approves', async () => {
    await toServer('hostKey');
    await page.getByText(/^SHA256:/).waitFor();
    await page.getByText('trusted on first use').waitFor();
    await page.getByRole('button', { name: 'Approve this key' }).click();
    await page.getByText(`approved by ${backend.admin.username}`).waitFor();
    expect(await page.getByRole('button', { name: 'Approve this key' }).count()).to.equal(0);
    await toServer('show');
    await page.getByText(`approved by ${backend.admin.username}`).waitFor();
    await page.getByText('approved its host key').waitFor();
  });

  it('that shows another key is refused, and the page names both fingerprints', async () => {
    const known = await page.getByText(/^SHA256:/).textContent();
    const impostor = await startSshServer({ users: [{ username: backend.admin.username, password: 'x' }] });
    atEnd(() => impostor.close());
    // The same name and port, another machine behind it: what the first one showed is pinned for this port.
    await backend.drs.models.Server.update({ port: impostor.port }, { where: { id: 1 } });
    await movePin(backend, backend.sshd.port, impostor.port);
    await toServer('testConnection');
    await test();
    await page.locator('[data-step="failed"]').getByText('Host key').waitFor();
    expect(impostor.signInCount).to.equal(0);
    for (const where of ['hostKey', 'show']) {
      await toServer(where);
      const warning = page.getByRole('alert').filter({ hasText: 'The host key changed' });
      await warning.getByText(known ?? 'none').waitFor();
      expect(await warning.getByText(/SHA256:/).count()).to.equal(2);
    }
  });

  it('is pinned anew after an administrator forgot the key', async () => {
    await toServer('hostKey');
    await page.getByRole('button', { name: 'Forget this key' }).click();
    await page.getByText('No key is known yet', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Approve the key that it showed' }).waitFor();
    await toServer('show');
    await page.getByText('forgot its host key').waitFor();
    await page.getByText('was shown another host key').waitFor();
    await toServer('testConnection');
    await test();
    await toServer('hostKey');
    await page.getByText('trusted on first use').waitFor();
    expect(await page.getByRole('alert').count()).to.equal(0);
    await backend.drs.models.Server.update({ port: backend.sshd.port }, { where: { id: 1 } });
  });

  it("gets the application's key, and loses it, and each says what happened", async () => {
    const { username, password } = backend.sshd.user;
    const change = async (action: string, outcome: RegExp): Promise<void> => {
      await toServer(action);
      await page.locator('#drs-username').fill(username);
      await page.locator('#drs-password').fill(password);
      await page.locator('.drs-form button[type=submit]').click();
      await page.getByText(outcome).waitFor();
    };
    await change('copyKey', /The key was there already/);
    await change('deleteKey', /The key is gone/);
    await change('deleteKey', /The key was not there/);
    await change('copyKey', /The key is there now/);
    expect((await visitor.received()).filter((text) => text.includes(password))).to.deep.equal([]);
  });

  it('met no error and asked no other host', () => visitor.expectPeace());
});

/** As if the machine that was known at one port were expected at another. */
async function movePin({ drs }: Backend, from: number, to: number): Promise<void> {
  const { sequelize } = drs.models.Server;
  await sequelize?.query('UPDATE drs_host_keys SET port = $2 WHERE port = $1', { bind: [from, to] });
}
