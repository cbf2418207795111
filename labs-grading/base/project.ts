import { join } from 'node:path';

/** Root of the project that this grader belongs to. */
export const projectFolder: string = join(import.meta.dirname, '../..');
