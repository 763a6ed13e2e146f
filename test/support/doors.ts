/** The doors of a running application, knocked at with headers of one's choice. */

import { get as open, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { io } from 'socket.io-client';
import request, { type Response } from 'supertest';

/** Headers of a request; who sends it stands in `x-user`. */
export type Headers = Record<string, string>;

/** `in`, or the code of the refusal. */
type Knock = (url: string, headers: Headers) => Promise<string>;

/** Every door of the panel's app in `test/admin/support`: the router at `/drs`, the panel at `/admin`, and the sockets. */
export const doors: Record<string, Knock> = {
  REST: async (url, headers) =>
    answerOf(await request(url).post('/drs/interpreters').set(headers).send({ name: 'Perl', path: 'perl' })),
  panel: async (url, headers) => {
    const action = '/admin/api/resources/drs-interpreters/actions/new';
    return answerOf(await request(url).post(action).set(headers).field('name', 'Perl').field('path', 'perl'));
  },
  'event stream': async (url, headers) => {
    const [response] = (await once(open(`${url}/drs/events`, { headers }), 'response')) as [IncomingMessage];
    if (response.statusCode === 200) {
      response.destroy();
      return 'in';
    }
    return (JSON.parse(await text(response)) as { code: string }).code;
  },
  WebSocket: async (url, headers) => {
    const options = { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: headers };
    const socket = io(`${url}/drs`, options);
    const answer = new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('in')).once('connect_error', ({ message }) => resolve(message));
    });
    return answer.finally(() => socket.disconnect());
  },
  polling: async (url, headers) => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const ask = async (sid: string): Promise<string> =>
      (
        await request(url)
          .get(path + sid)
          .set(headers)
          .buffer(true)
      ).text;
    const { sid } = JSON.parse((await ask('')).slice(1)) as { sid: string };
    await request(url).post(`${path}&sid=${sid}`).set(headers).type('text/plain').send('40/drs,');
    const answer = await ask(`&sid=${sid}`);
    return answer.startsWith('40/drs,{"sid"') ? 'in' : (/"message":"(\w+)"/.exec(answer)?.[1] ?? answer);
  },
};

/** What every door answers. */
export async function knock(url: string, headers: Headers): Promise<Record<string, string>> {
  const answers = Object.entries(doors).map(
    async ([name, door]) => [name, await door(url, headers)] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
}

function answerOf({ status, body }: Response): string {
  return status < 300 ? 'in' : String((body as { code?: string }).code);
}
