import { extname } from 'node:path';

let folder = new URL('.', import.meta.url);
let ending = extname(new URL(import.meta.url).pathname);

/** The module of a thread, from its path in this folder without an ending. */
export const threadModule = (path: string): URL => new URL(`${path}${ending}`, folder);

/**
 * Says where the modules of threads lie, as JavaScript: a program that is one script with the library in it has none beside it. A runner calls it before the
 * first loop.
 */
export function setThreadFolder(url: URL): void {
  folder = url;
  ending = '.js';
}
