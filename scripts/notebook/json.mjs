/** Most commas and opening brackets of a text that is read: each may become a value, which takes far more memory than its text. */
export const maximumMarks = 5_000_000;

/** Deepest nesting of a text that is read. */
export const maximumNesting = 200;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];

/** The value of JSON text of strangers, or why it is not read: its size as values is known before anything is made of it. */
export function parseHostile(text) {
  const wrong = tooMuch(text);
  if (wrong !== undefined) return { wrong };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return parsedAsPython(text);
  }
}

function tooMuch(text) {
  let [depth, marks, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === backslash) i++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === comma || code === 0x7b || code === 0x5b) {
      if (++marks > maximumMarks) return `more than ${maximumMarks} values`;
      if (code !== comma && ++depth > maximumNesting) return `nested more than ${maximumNesting} deep`;
    }
  }
  return undefined;
}

/** Python writes numbers that JSON does not have, and reads line breaks and tabs in strings; outputs of some programs hold both. */
function parsedAsPython(text) {
  const parts = [];
  for (let i = 0; i < text.length; ) {
    const start = text.indexOf('"', i);
    parts.push(text.slice(i, start < 0 ? text.length : start).replace(/-?\b(?:NaN|Infinity)\b/g, 'null'));
    if (start < 0) break;
    i = afterString(text, start);
    const string = text.slice(start, i);
    parts.push(control.test(string) ? string.replace(controls, escaped) : string);
  }
  try {
    return { value: JSON.parse(parts.join('')) };
  } catch {
    return { wrong: whyNot(text) };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON wants escaped
const control = /[\u0000-\u001f]/;
const controls = new RegExp(control, 'g');
const escaped = one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;

function afterString(text, start) {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function whyNot(text) {
  if (/^<{7} /m.test(text)) return 'not JSON: it holds the marks of a merge (<<<<<<<): settle the merge and save again';
  const end = text.trimEnd().at(-1);
  return text.trimStart().startsWith('{') && end !== '}' ? 'not JSON: it ends in the middle, as a file that was saved in part' : 'not JSON';
}
