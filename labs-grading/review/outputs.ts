import sanitizeHtml from 'sanitize-html';
import { z } from 'zod';
import { escapeHtml, printable } from '../base/text.ts';

const text = z.union([z.string(), z.array(z.string())]).transform(parts => (Array.isArray(parts) ? parts.join('') : parts));
const outputSchema = z.object({
  output_type: z.string(),
  text: text.optional().catch(undefined),
  ename: z.string().optional().catch(undefined),
  evalue: z.string().optional().catch(undefined),
  data: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** One output of a notebook, as a stranger may have written it. */
export type NotebookOutput = z.infer<typeof outputSchema>;

const nothing: readonly NotebookOutput[] = [];
export const outputsSchema = z
  .array(outputSchema)
  .max(1000)
  .optional()
  .catch([])
  .transform(outputs => outputs ?? nothing);

const limits = { outputs: 40, text: 100_000, image: 4 * 2 ** 20 } as const;

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

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;
const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

function richest(data: Readonly<Record<string, unknown>>, { redact, clean }: Showing): ShownOutput | undefined {
  const of = (type: string): string | undefined => text.safeParse(data[type]).data;
  const plain = of('text/plain') ?? of('text/markdown') ?? of('text/latex');
  for (const type of pictures) {
    const bytes = of(type);
    if (bytes !== undefined && bytes.length <= limits.image && base64.test(bytes)) return picture(type, bytes.replace(/\s/g, ''));
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

/** A stranger's HTML cut down to text, tables and embedded pictures: no script, style, link, form, frame, SVG or attribute that acts. */
export function cleanHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter(tag => tag !== 'a'), 'img', 'details', 'summary'],
    allowedAttributes: { img: ['src', 'alt', 'width', 'height'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan', 'scope'] },
    allowedSchemes: [],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nonTextTags: ['script', 'style', 'textarea', 'option', 'noscript', 'template', 'title', 'xmp', 'iframe', 'noembed', 'noframes'],
    // A relative address would ask this server, a picture's data: may hold another type than a picture.
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !/^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,/.test(attribs.src ?? ''),
  });
}
