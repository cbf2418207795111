import { Marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { escapeHtml, printable } from '../base/text.ts';
import { harmless, harmlessTags } from './outputs.ts';
import { pictureAddress } from './pictures.ts';

/** Most characters that are rendered, a picture written into the text aside; the rest is cut. */
const mostCharacters = 20_000;

/** Markdown as JupyterLab renders it, but a link shows where it leads, formulas stay as they were typed, and a picture that is elsewhere is told. */
const markdownWith = (pictures: ReadonlyMap<string, string>): Marked =>
  new Marked({
    gfm: true,
    async: false,
    extensions: [
      {
        name: 'formula',
        level: 'inline',
        start: text => text.indexOf('$'),
        tokenizer(text) {
          const [raw] = /^\$\$[^$]{1,2000}\$\$/.exec(text) ?? /^\$(?![\s$])[^$\n]{1,500}(?<!\s)\$(?!\d)/.exec(text) ?? [];
          return raw === undefined ? undefined : { type: 'formula', raw };
        },
        renderer: ({ raw }) => `<code>${escapeHtml(raw)}</code>`,
      },
    ],
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        return text === escapeHtml(href) ? text : `${text} <small>(${escapeHtml(href)})</small>`;
      },
      image({ href, text }) {
        if (pictures.has(nameOf(href))) return `<img src="${escapeHtml(href)}" alt="${escapeHtml(text)}">`;
        return `<em>(a picture that is not in the notebook: ${escapeHtml((text || href).slice(0, 100).toWellFormed())})</em>`;
      },
    },
  });

/**
 * A student's Markdown as harmless HTML: text, lists, tables, code, and PNG and JPEG pictures that the notebook carries itself (`pictures` by the
 * name after `attachment:`, or written into the text). No script, style, link, form, frame or address that is loaded. What cannot be rendered
 * is shown as it was typed.
 */
export function proseHtml(source: string, pictures: ReadonlyMap<string, string> = new Map()): string {
  const carried = new Map(pictures);
  const short = withoutData(printable(source.toWellFormed().replace(/\r\n?/g, '\n')), carried);
  const cut = short.length > mostCharacters;
  const shown = cut ? short.slice(0, mostCharacters).toWellFormed() : short;
  return `${sanitized(rendered(shown, carried), carried)}${cut ? '<p><em>… cut: the answer is longer</em></p>' : ''}`;
}

function rendered(text: string, pictures: ReadonlyMap<string, string>): string {
  try {
    return markdownWith(pictures).parse(text) as string;
  } catch {
    // Nested deeper than a parser can follow.
    return `<pre>${escapeHtml(text)}</pre>`;
  }
}

/** Pictures that are written into the text as `data:` become attachments, so that megabytes are no Markdown. */
function withoutData(text: string, carried: Map<string, string>): string {
  return text.replace(/data:image\/[a-z+]{1,10};base64,([A-Za-z0-9+/=]+)/g, (_, bytes: string) => {
    const address = pictureAddress(bytes);
    if (address === undefined) return 'attachment:';
    const name = `in the text ${carried.size}`;
    carried.set(name, address);
    return `attachment:${encodeURIComponent(name)}`;
  });
}

const sanitized = (html: string, pictures: ReadonlyMap<string, string>): string =>
  sanitizeHtml(html, {
    ...harmless,
    allowedTags: [...harmlessTags, 'del', 'ins'],
    allowedAttributes: {
      img: ['src', 'alt'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
      ol: ['start'],
    },
    transformTags: {
      img: (tagName, { src = '', alt = '' }) => ({
        tagName,
        attribs: { src: pictures.get(nameOf(src)) ?? '', alt: alt || 'picture of the answer' },
      }),
    },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !/^data:image\/(png|jpeg);base64,/.test(attribs.src ?? ''),
  });

/** The name of an attachment in the address of a picture; no name where it is another address. */
function nameOf(src: string): string {
  const [, name = ''] = /^attachment:(.+)$/s.exec(src.trim()) ?? [];
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** How tall a rendered text will be, in CSS pixels, roughly: the page shows it in a frame that cannot be measured. */
export function proseHeight(html: string): number {
  const text = html.replace(/<[^>]*>/g, ' ');
  const blocks = html.match(/<(?:p|li|tr|pre|h[1-6]|br|blockquote)\b/g)?.length ?? 0;
  const lines = text.split('\n').length;
  const pictures = html.match(/<img\b/g)?.length ?? 0;
  return Math.min(600, 40 + 22 * Math.max(lines, Math.ceil(text.length / 80)) + 12 * blocks + 300 * pictures);
}
