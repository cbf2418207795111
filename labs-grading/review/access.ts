import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** What the page itself may do: its own scripts, styles and requests, frames of this server, and no text that becomes code. */
export const pagePolicy: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': pagePolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export const newToken = (): string => randomBytes(24).toString('base64url');

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Lets in whoever opened the address that the terminal shows, once from its token and then by a cookie. A request for another host name (a
 * rebound DNS name), from another origin or of another site is refused before anything else is looked at.
 */
export function door({ token, port }: { token: string; port: () => number }): MiddlewareHandler {
  const session = newToken();
  return async (context, next) => {
    const cookie = `tinylab-review-${port()}`;
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const refused = misdirected(context, port());
    if (refused !== undefined) return context.text(refused, 403);
    const given = context.req.query('token');
    if (given !== undefined && context.req.method === 'GET') {
      if (!same(given, token)) return context.text('This address is of another session. Open the one that the terminal shows.', 403);
      setCookie(context, cookie, session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return context.redirect('/', 303);
    }
    if (!same(getCookie(context, cookie) ?? '', session)) return context.text('Open the address that the terminal shows.', 403);
    return await next();
  };
}

function misdirected({ req }: Context, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = req.header('host') ?? '';
  if (!hosts.includes(host)) return 'This server answers to its own address only.';
  const origin = req.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) return 'Requests of other pages are refused.';
  if (origin === undefined && req.method !== 'GET' && req.method !== 'HEAD') return 'A change needs an origin.';
  const site = req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'Requests of other sites are refused.';
  return undefined;
}
