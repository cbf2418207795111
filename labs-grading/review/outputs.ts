import sanitizeHtml from 'sanitize-html';
import { escapeHtml, printable } from '../base/text.ts';
import { base64Of, textOf } from './pictures.ts';

/** One output of a notebook, as a stranger may have written it: the fields that are of the right kind. */
export interface NotebookOutput {
  readonly output_type: string;
  readonly text?: string;
  readonly ename?: string;
  readonly evalue?: string;
  /** By media type. */
  readonly data?: Readonly<Record<string, unknown>>;
}

const limits = { outputs: 40, read: 1000, text: 100_000, image: 4 * 2 ** 20 } as const;

/** The first thousand outputs of a cell; what is none is left out. */
export function outputsOf(value: unknown): readonly NotebookOutput[] {
  return Array.isArray(value) ? value.slice(0, limits.read).flatMap(one => outputOf(one) ?? []) : [];
}

function outputOf(value: unknown): NotebookOutput | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { output_type: type, text, ename, evalue, data } = value as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string') return undefined;
  const texts = {
    text: textOf(text),
    ename: typeof ename === 'string' ? ename : undefined,
    evalue: typeof evalue === 'string' ? evalue : undefined,
  };
  const known = Object.fromEntries(Object.entries(texts).filter(([, each]) => each !== undefined));
  return { output_type: type, ...known, ...(typeof data === 'object' && data !== null && { data: data as Record<string, unknown> }) };
}

/** How one output is shown: HTML that holds no more than its own text, tables and pictures, and how tall it will be. */
export interface ShownOutput {
  readonly html: string;
  readonly height: number;
}

export interface Showing {
  /** Takes out who a text is of. */
  readonly redact: (text: string) => string;
  /** Makes a stranger's HTML harmless. */
  readonly clean: (html: string) => string;
}

/** Outputs as HTML for a frame without rights. */
export function shownOutputs(
  outputs: readonly NotebookOutput[],
  { redact = same, clean = cleanHtml }: Partial<Showing> = {},
): ShownOutput[] {
  const shown = outputs.slice(0, limits.outputs).map(output => shownOutput(output, { redact, clean }));
  const more = outputs.length - limits.outputs;
  return more > 0 ? [...shown, preformatted(`and ${more} more outputs`)] : shown;
}

const same = (text: string): string => text;

function shownOutput(output: NotebookOutput, showing: Showing): ShownOutput {
  const { redact } = showing;
  if (output.text !== undefined) return preformatted(redact(output.text));
  if (output.output_type === 'error') return preformatted(redact(`${output.ename ?? 'Error'}: ${output.evalue ?? ''}`), 'error');
  return richest(output.data ?? {}, showing) ?? preformatted('(nothing that can be shown)');
}

const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

function richest(data: Readonly<Record<string, unknown>>, { redact, clean }: Showing): ShownOutput | undefined {
  const of = (type: string): string | undefined => (Object.hasOwn(data, type) ? textOf(data[type]) : undefined);
  const plain = of('text/plain') ?? of('text/markdown') ?? of('text/latex');
  for (const type of pictures) {
    const bytes = base64Of(of(type));
    if (bytes !== undefined) return picture(type, bytes);
  }
  const svg = of('image/svg+xml');
  // As a picture an SVG can neither run scripts nor load anything.
  if (svg !== undefined && svg.length <= limits.image) return picture('image/svg+xml', Buffer.from(redact(svg)).toString('base64'));
  const html = of('text/html');
  if (html !== undefined && html.length <= limits.text)
    return {
      html: `<div>${redact(clean(html))}</div>`,
      height: Math.min(600, 60 + 26 * (html.match(/<(tr|p|li|br|h[1-6])\b/gi)?.length ?? 0)),
    };
  return plain === undefined ? undefined : preformatted(redact(plain));
}

const picture = (type: string, bytes: string): ShownOutput => ({
  html: `<img alt="output of the student’s notebook" src="data:${type};base64,${bytes}">`,
  height: Math.min(480, pictureHeight(type, Buffer.from(bytes, 'base64')) ?? 320) + 8,
});

/** What a picture says of its own height. */
function pictureHeight(type: string, bytes: Buffer): number | undefined {
  if (type === 'image/png' && bytes.length > 24) return bytes.readUInt32BE(20);
  const svg = type === 'image/svg+xml' ? /<svg[^>]*\sheight=["'](\d+)/.exec(bytes.toString('utf8', 0, 2000)) : null;
  return svg ? Number(svg[1]) : undefined;
}

function preformatted(source: string, kind = 'text'): ShownOutput {
  const cut = source.length > limits.text ? `${source.slice(0, limits.text)}\n… cut` : source;
  const shown = printable(withoutColours(cut));
  return { html: `<pre class="${kind}">${escapeHtml(shown)}</pre>`, height: tall(shown, 30) };
}

const tall = (source: string, least: number): number => Math.min(600, least + 20 * (source.split('\n').length - 1));

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a colour
const withoutColours = (source: string): string => source.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');

/** What no HTML of a stranger may do: nothing is loaded but pictures that it carries, and nothing runs. One list, so that none falls behind. */
export const harmless = {
  allowedSchemes: [],
  allowedSchemesByTag: { img: ['data'] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'template', 'title', 'xmp', 'iframe', 'noembed', 'noframes'],
} satisfies sanitizeHtml.IOptions;

/** Tags of text, tables and pictures; a link shows its text. */
export const harmlessTags: readonly string[] = [
  ...sanitizeHtml.defaults.allowedTags.filter(tag => tag !== 'a'),
  'img',
  'details',
  'summary',
];

/** A stranger's HTML cut down to text, tables and embedded pictures: no script, style, link, form, frame, SVG or attribute that acts. */
export function cleanHtml(html: string): string {
  return sanitizeHtml(html, {
    ...harmless,
    allowedTags: [...harmlessTags],
    allowedAttributes: { img: ['src', 'alt', 'width', 'height'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan', 'scope'] },
    // A relative address would ask this server, a picture's data: may hold another type than a picture.
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !/^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,/.test(attribs.src ?? ''),
  });
}
