import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A file that the server hands out as it is. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const folder = join(import.meta.dirname, 'page');

/** The page's three files by path; its modules become one script and one style sheet. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: { page: join(folder, 'main.ts'), style: join(folder, 'review.css') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    legalComments: 'none',
  });
  const built = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: readFileSync(join(folder, 'index.html'), 'utf8') }],
    ['/review.css', { type: 'text/css; charset=utf-8', body: built('.css') }],
    ['/review.js', { type: 'text/javascript; charset=utf-8', body: built('.js') }],
  ]);
}
