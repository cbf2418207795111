import { LabError } from '../tensor/errors.ts';

// the string part is unrolled: a long string must not use up the matcher's stack
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

/**
 * Throws when an object in a JSON text names a key twice: JSON.parse would keep the last one and say nothing.
 * @throws LabError `model/duplicate`.
 */
export function assertUniqueKeys(where: string, json: string): void {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [text] of json.matchAll(token)) {
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(undefined);
    else if (text === '}' || text === ']') open.pop();
    else if (text === ':') addKey(where, open.at(-1), last);
    last = text;
  }
}

function addKey(where: string, keys: Set<string> | undefined, text: string): void {
  // escapes can spell one key in several ways
  const key = JSON.parse(text) as string;
  if (keys?.has(key))
    throw new LabError('model/duplicate', `${where}: ${JSON.stringify(key)} stands there twice.`, 'Save the model again.');
  keys?.add(key);
}
