import { html, raw } from 'hono/html';
import { style } from './style.ts';

/** Markup whose text is escaped. */
export type Markup = ReturnType<typeof html>;

/** Nothing runs, nothing is fetched: also where something hostile should ever get past the escaping. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A whole page in one file: no script, no other file, light and dark, fit to print. `more` is style of the page's own. */
export function page({ title, body, more = '' }: { title: string; body: Markup; more?: string }): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(style + more)}</style>
</head>
<body>
${body}
</body>
</html>
`}`;
}

/** A bar of `share` (0–1); what it shows stands beside it as text. */
export function bar(share: number, look = 'neutral'): Markup {
  const width = Math.round(1000 * Math.min(1, Math.max(0, share || 0))) / 10;
  return html`<span class="bar ${look}" aria-hidden="true"><span style="width:${width}%"></span></span>`;
}
