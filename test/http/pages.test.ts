import { expect } from 'chai';
import { existsSync } from 'node:fs';
import express from 'express';
import { packageFile } from '../../lib/package-files.js';
import { render, wayToMount } from '../../lib/http/views.js';
import { drsRouter } from '../../lib/index.js';
import { ask, asker, jobOf, sharedInstance } from './support.js';

describe('the pages', () => {
  it('are strict about what they load and run', async () => {
    const send = await ask(sharedInstance());
    const { status, headers, text } = await send('get', '/ui', 'ann');
    expect(status).to.equal(200);
    expect(headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(headers['content-security-policy'])
      .to.include("default-src 'none'")
      .and.include("script-src 'self'");
    expect(headers['content-security-policy']).not.to.include('unsafe');
    expect(text).not.to.match(/<script>|<style|style=|onclick/);
    expect(text).to.include('<drs-job-list').and.include('src="./client.js"');
  });

  it('show a job, with everything escaped', async () => {
    const drs = await sharedInstance();
    const job = await jobOf(drs, 'ann', '<script>alert("1")</script> & 𝄞');
    await job.update({ program: '</pre><img src=x onerror=alert(1)>' });
    const { text } = await (await ask(drs))('get', `/ui/jobs/${job.id}`, 'ann');
    expect(text).to.include('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 𝄞');
    expect(text).to.include('&lt;/pre&gt;&lt;img');
    expect(text).to.include(`<drs-job-log job="${job.id}">`).and.include('src="../../client.js"');
  });

  it('load their files from below the mount, wherever it is', async () => {
    const send = asker(express().use('/deep/down', drsRouter(await sharedInstance())), '/deep/down');
    const { text } = await send('get', '/ui/', 'ann');
    const style = new URL(/href="([^"]+style\.css)"/.exec(text)?.[1] ?? '', 'http://host/deep/down/ui/');
    expect(style.pathname).to.equal('/deep/down/ui/style.css');
    const loaded = await send('get', '/ui/style.css', 'ann');
    expect(loaded.headers['content-type']).to.equal('text/css; charset=utf-8');
    expect((await send('get', '/ui/page.js', 'ann')).headers['content-type']).to.match(/^text\/javascript/);
  });

  it('tell people in words, and programs in problems, why they are refused', async () => {
    const send = await ask(sharedInstance());
    const person = await send('get', '/ui').set('accept', 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect(person.status).to.equal(401);
    expect(person.headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(person.text).to.include('Sign in first.');
    const program = await send('get', '/ui').set('accept', 'application/json');
    expect(program.status).to.equal(401);
    expect(program.body.code).to.equal('unauthenticated');
  });

  it('fill templates with text alone, and miss no value', () => {
    expect(render('<a href="{{ a }}">{{b}}</a>', { a: `"'<>&`, b: 7 })).to.equal(
      '<a href="&quot;&#39;&lt;&gt;&amp;">7</a>',
    );
    expect(render('{{a}}', { a: '{{b}}' })).to.equal('{{b}}');
    expect(() => render('{{toString}}', {})).to.throw('toString');
  });

  it('find the mount from any page', () => {
    expect(['/ui', '/ui/', '/ui/jobs/5', '/ui/jobs/5/'].map(wayToMount)).to.deep.equal([
      './',
      '../',
      '../../',
      '../../../',
    ]);
  });

  it('serve the script of the elements to anybody, once for each version', async () => {
    const send = await ask(sharedInstance());
    if (!existsSync(packageFile('dist/client.js'))) {
      const { status, body } = await send('get', '/client.js');
      expect(status).to.equal(503);
      expect(body.detail).to.include('npm run build');
      return;
    }
    const { status, headers } = await send('get', '/client.js');
    expect(status).to.equal(200);
    expect(headers['content-type']).to.equal('text/javascript; charset=utf-8');
    expect((await send('get', '/client.js').set('if-none-match', headers.etag ?? '')).status).to.equal(304);
  });
});
