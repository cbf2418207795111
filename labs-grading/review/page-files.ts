import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A file that the server hands out as it is. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

const folder = join(import.meta.dirname, 'page');

/** The page's three files by path; its modules become one script. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    legalComments: 'none',
  });
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: text('index.html') }],
    ['/review.css', { type: 'text/css; charset=utf-8', body: text('review.css') }],
    ['/review.js', { type: 'text/javascript; charset=utf-8', body: outputFiles[0]?.text ?? '' }],
  ]);
}
