import { createHash } from 'node:crypto';
import { escapeHtml } from '../base/text.ts';
import type { ShownOutput } from './outputs.ts';

const style = `:root{color-scheme:light dark;font:14px/1.45 system-ui,sans-serif;color:light-dark(#1d2430,#e3e7ee);background:light-dark(#fff,#171c24)}
body{margin:0;padding:8px 12px}pre{margin:0 0 8px;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}
.error{color:light-dark(#a4161a,#ff9a9a)}img{max-width:100%;height:auto;background:#fff}table{border-collapse:collapse}
td,th{padding:2px 10px;border-bottom:1px solid light-dark(#d5dae2,#39424f);text-align:left}`;

/** Rights of the frame: none. It may show its own text, pictures that it carries itself, and this one style. */
export const outputPolicy: string = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ');

/** The document that a frame shows. */
export function outputPage(outputs: readonly ShownOutput[], title = 'Outputs'): string {
  const body = outputs.map(({ html }) => html).join('\n');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
}
