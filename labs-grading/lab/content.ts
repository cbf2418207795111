import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import type { GradedLab } from './labs.ts';

/**
 * Hash of what a lab asks: its checks and hidden cases with all that they import from beside them, the notebook that was handed out, and
 * where answers of its older versions are found. A changed comment changes nothing.
 */
export async function labContent(lab: GradedLab): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [lab.checks, ...(lab.hidden ? [lab.hidden] : [])],
    bundle: true,
    write: false,
    outdir: 'content',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['tinylab'],
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const hash = createHash('sha256').update(lab.pristine);
  if (lab.migrations?.length) hash.update(`\0${JSON.stringify(lab.migrations)}`);
  for (const { text } of outputFiles) hash.update(`\0${text.length}\0${text}`);
  return hash.digest('hex').slice(0, 16);
}
