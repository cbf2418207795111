/** Text of a stranger in one line of a reasonable length: a second line could pass for one of ours. */
export function oneLine(text: string): string {
  const line = text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Characters that show nothing, or turn the text around them: direction marks and controls (U+200E, U+200F, U+202A …), zero-width ones, fillers,
 * tags (U+E0000 …) and the selectors that programs hide data in. Those of emoji and of scripts that join letters are among them.
 */
const invisible = /(?!\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/u;
const everyInvisible = new RegExp(invisible, 'gu');
/** A joiner between letters that are written joined, or in an emoji, belongs to what is written. */
const joined =
  /(?<=\p{Extended_Pictographic}|\ufe0f|(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}])[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{Extended_Pictographic}])/gu;

/** Whether a name has characters that nobody sees. */
export const hasInvisible = (text: string): boolean => invisible.test(text);

/** A name without the characters that nobody sees: two names that look the same are the same. */
export const visible = (name: string): string => name.replace(everyInvisible, '');

/** Text of a stranger with the characters that would drive a terminal, or that nobody sees, shown as �. */
export function printable(text: string): string {
  const shown = text.replace(driving, '\ufffd');
  if (!invisible.test(shown)) return shown;
  const kept = new Set([...shown.matchAll(joined)].map(({ index }) => index));
  return shown.replace(everyInvisible, (one, at: number) => (kept.has(at) ? one : '\ufffd'));
}

/** A value as JSON in which characters that would drive a terminal, or that nobody sees, are written as escapes: it reads back as the same value. */
export const harmlessJson = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replace(driving, escaped)
    .replace(everyInvisible, character => character.split('').map(escaped).join(''));

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, also inside of an attribute; `which` are the characters to write as entities. */
export const escapeHtml = (text: string, which = /[&<>"']/g): string => text.replace(which, character => entities[character] as string);

/** Some names of strangers in a line, the first ten of them. */
export const named = (names: readonly string[]): string =>
  `${names.slice(0, 10).map(printable).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
