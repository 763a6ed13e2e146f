/** Which pages may send requests and open sockets: one rule for REST, panel, event streams and socket handshakes. */

import type { IncomingMessage } from 'node:http';
import { ForbiddenError } from './errors.js';

/** The part of an Express app that is used. */
interface App {
  get(setting: string): unknown;
}

type Trust = (address: string | undefined, hop: number) => boolean;

/** A request as any entry point has it; that of an Express app knows the app. */
export type AnyRequest = IncomingMessage & { app?: App };

/** What this site is called, as far as a request tells. */
interface Site {
  /** Such as `https://portal.example`: by `Host`, and as a trusted proxy says. */
  origins: string[];
  isProxyTrusted: boolean;
}

export interface OriginRule {
  /** Remembers the app that serves the instance: a socket's handshake comes without one. */
  meet(request: AnyRequest): void;
  /**
   * Lets programs pass, pages of this site, and pages of the option `origins`.
   * @throws ForbiddenError `cross_site` for pages of other sites
   */
  require(request: AnyRequest): void;
}

/**
 * Browsers say by `Sec-Fetch-Site` (over https and to this machine, not with WebSockets) and by `Origin` whose page
 * sends a request. Pages can set neither; programs send neither.
 * Sources: https://www.w3.org/TR/fetch-metadata/, https://www.rfc-editor.org/rfc/rfc6454
 *
 * @param others the option `origins`
 */
export function createOriginRule(others: readonly string[]): OriginRule {
  const trusted = new Set(others.map(originOf));
  let lastApp: App | undefined;
  return {
    meet({ app }) {
      lastApp = app ?? lastApp;
    },
    require(request) {
      const { origin, 'sec-fetch-site': site } = request.headers;
      if (origin !== undefined && trusted.has(originOf(origin))) return;
      // The browser has compared what it asked for, which a proxy may have changed since.
      if (site === 'same-origin' || site === 'none') return;
      if (site === undefined && origin === undefined) return;
      const own = siteOf(request, request.app ?? lastApp);
      if (site === undefined && own.origins.includes(originOf(origin) ?? 'null')) return;
      throw new ForbiddenError(refusal(request, own), 'cross_site');
    },
  };
}

/** As browsers write it; undefined for `null` and what else is no address. */
function originOf(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:/i.test(text) && URL.canParse(text)
    ? new URL(text).origin
    : undefined;
}

function siteOf(request: AnyRequest, app: App | undefined): Site {
  const { headers, socket } = request;
  const isProxyTrusted = trusts(request, app);
  const forwarded = (name: string): string | undefined =>
    isProxyTrusted ? firstOf(headers[name]) : undefined;
  const own = 'encrypted' in socket ? 'https' : 'http';
  // Some proxies say wss of a WebSocket.
  const scheme = forwarded('x-forwarded-proto')?.replace(/^ws/i, 'http') ?? own;
  const hosts = [forwarded('x-forwarded-host'), headers.host];
  const origins = hosts.flatMap((host) => originOf(host && `${scheme}://${host}`) ?? []);
  return { origins: [...new Set(origins)], isProxyTrusted };
}

/**
 * Express's setting `trust proxy`. No app was seen yet: a page cannot give headers to a WebSocket, so that those of a
 * WebSocket's handshake come from a proxy, or from a program, which may say what it likes anyway.
 */
function trusts({ headers, socket }: AnyRequest, app: App | undefined): boolean {
  const isTrusted = app?.get('trust proxy fn') as Trust | undefined;
  if (isTrusted) return isTrusted(socket.remoteAddress, 0);
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** What the first proxy said; the others append theirs. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return (
    String(header ?? '')
      .split(',')[0]
      ?.trim() || undefined
  );
}

/** Whose page it was, what this site is called, and what to change if both are one. */
function refusal(request: AnyRequest, { origins: [own = 'nothing'], isProxyTrusted }: Site): string {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const other = originOf(origin);
  if (other === undefined) {
    // A page shows it: of what somebody wrote, words alone.
    const said = /^[a-z-]+$/.exec(String(site))?.[0] ?? 'unknown';
    const told = origin === undefined ? `Sec-Fetch-Site: ${said}` : 'Origin: null';
    return `This request came from a page of another site (${told}), and this site is ${own}. Send it from a page of this one.`;
  }
  return [
    `This request came from a page of ${other}, and this site is called ${own} here.`,
    ...(other === own ? [] : [`If both are one, ${wayOut(new URL(other), { own, isProxyTrusted })}.`]),
    'Pages of other sites may send requests if the option `origins` names them.',
  ].join(' ');
}

function wayOut(
  { protocol, host }: URL,
  { own, isProxyTrusted }: { own: string; isProxyTrusted: boolean },
): string {
  const wanted = [
    ...(own.endsWith(`//${host}`) ? [] : [`X-Forwarded-Host: ${host}`]),
    ...(own.startsWith(protocol) ? [] : [`X-Forwarded-Proto: ${protocol.slice(0, -1)}`]),
  ];
  const said = `the proxy has to send ${wanted.join(' and ')}`;
  return isProxyTrusted ? said : `${said}, and Express has to trust it (\`trust proxy\`)`;
}
