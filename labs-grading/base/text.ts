/** Text of a stranger in one line of a reasonable length: a second line could pass for one of ours. */
export function oneLine(text: string): string {
  const line = text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a stranger without the characters that would drive a terminal. */
export const printable = (text: string): string => text.replace(driving, '\ufffd');

/** A value as JSON in which characters that would drive a terminal are written as escapes: it reads back as the same value. */
export const harmlessJson = (value: unknown): string =>
  JSON.stringify(value, null, 1).replace(driving, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it, also inside of an attribute; `which` are the characters to write as entities. */
export const escapeHtml = (text: string, which = /[&<>"']/g): string => text.replace(which, character => entities[character] as string);

/** Some names in a line, the first ten of them. */
export const named = (names: readonly string[]): string =>
  `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
