/** Most commas and opening brackets of a text that is read: each may become a value, which takes far more memory than its text. */
export const maximumMarks = 5_000_000;

/** Deepest nesting of a text that is read. */
export const maximumNesting = 200;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];

/** The value of JSON text of strangers, or why it is not read: its size as values is known before anything is made of it. */
export function parseHostile(text: string): { value: unknown } | { wrong: string } {
  const wrong = tooMuch(text);
  if (wrong !== undefined) return { wrong };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { wrong: 'not JSON' };
  }
}

function tooMuch(text: string): string | undefined {
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
