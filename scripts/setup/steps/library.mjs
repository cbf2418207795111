import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectEnv } from '../context.mjs';
import { Fault, lastLines, Stopped } from '../fault.mjs';
import { hashFile, hashFolder, listFiles, partial, sweep } from '../files.mjs';

const notSource = new Set(['dist', 'node_modules', '.tsbuildinfo']);

/** lib → lib/dist: JavaScript, and the declarations that the notebook's compiler reads. */
export const library = {
  name: 'library',
  title: 'TinyLab library',
  source: fileURLToPath(import.meta.url),
  needs: ['node24'],
  inputs: ({ root }) => [
    hashFolder(join(root, 'lib'), notSource),
    hashFile(join(root, 'tsconfig.json')),
    hashFile(join(root, 'package-lock.json')),
  ],
  outputs: ({ root }) => [join(root, 'lib/dist/index.js'), join(root, 'lib/dist/index.d.ts')],
  async run(context) {
    // A student's copy has the built library and no sources.
    if (!existsSync(join(context.root, 'lib/index.ts'))) return;
    const state = join(context.root, '.tinylab');
    const built = partial(join(state, 'dist'));
    sweep(state);
    try {
      await compile(built, context);
      replace(join(context.root, 'lib/dist'), built);
    } finally {
      rmSync(built, { recursive: true, force: true });
    }
  },
};

async function compile(folder, context) {
  const tsc = join(context.root, 'node_modules/typescript/bin/tsc');
  try {
    await context.run(context.node24, [tsc, '-p', 'lib', '--outDir', folder, '--pretty', 'false'], {
      env: projectEnv(context),
      step: 'library',
    });
  } catch (error) {
    if (error instanceof Stopped || !/error TS/.test(error.output ?? '')) throw error;
    throw new Fault('library/types', `lib does not compile.\n${lastLines(error.output, 20)}`, 'correct lib, then: npm run setup');
  }
}

/** Makes `folder` hold exactly the built files, one atomic rename at a time: a notebook that is just importing never finds it empty. */
function replace(folder, built) {
  const files = new Set(listFiles(built));
  for (const file of files) {
    const target = join(folder, file);
    if (existsSync(target) && hashFile(target) === hashFile(join(built, file))) continue;
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(built, file), partial(target));
    renameSync(partial(target), target);
  }
  for (const file of listFiles(folder)) if (!files.has(file)) rmSync(join(folder, file));
}
