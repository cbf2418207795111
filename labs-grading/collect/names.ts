import { hasInvisible } from '../base/text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const control = /[\u0000-\u001f\u007f-\u009f]/;
/** Names that Windows keeps for devices, with any ending. */
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

const maximumPart = 255;
const maximumPath = 1024;
const maximumDepth = 32;

/** Why a path inside a source is refused; undefined for one that could be a file of a student. Parts are separated by `/`. */
export function nameProblem(path: string): string | undefined {
  if (path === '') return 'it has no name';
  if (Buffer.byteLength(path) > maximumPath) return `its name is longer than ${maximumPath} bytes`;
  if (control.test(path)) return 'its name has control characters';
  if (hasInvisible(path)) return 'its name has invisible or direction-changing characters';
  if (path.includes('\ufffd')) return 'its name is not UTF-8';
  if (path.includes('\\')) return 'its name has a backslash';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'its name is absolute';
  const parts = path.split('/');
  if (parts.length > maximumDepth) return `it lies more than ${maximumDepth} folders deep`;
  for (const part of parts) {
    const problem = partProblem(part);
    if (problem) return problem;
  }
  return undefined;
}

function partProblem(part: string): string | undefined {
  if (part === '..') return 'its name leads out of the folder';
  if (part === '.' || part === '') return 'its name has an empty part';
  if (Buffer.byteLength(part) > maximumPart) return `a part of its name is longer than ${maximumPart} bytes`;
  if (device.test(part)) return 'its name is that of a device';
  if (part === '__proto__') return 'its name would change a prototype';
  return undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a name's bytes; undefined when they are not UTF-8. */
export function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
