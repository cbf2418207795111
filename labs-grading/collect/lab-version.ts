import { readNotebook } from '../../scripts/notebook/reader.mjs';

/** Version of the lab that a notebook says it was made with. */
export function labVersionOf(notebook: Buffer | undefined): string | undefined {
  const read = readNotebook(notebook ?? '');
  return 'wrong' in read ? undefined : read.version;
}
