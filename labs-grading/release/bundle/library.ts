import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GraderError } from '../../base/grader-error.ts';
import { projectFolder } from '../../base/project.ts';
import type { BundleFile } from './file.ts';
import { json, madeFile, projectFile, projectPaths, readJson } from './files.ts';

type Manifest = { exports: Record<string, unknown> };

/** lib: the library as it was built, and a package.json that knows nothing of its sources. @throws GraderError when it is not built. */
export function libraryFiles(): BundleFile[] {
  if (!existsSync(join(projectFolder, 'lib/dist/index.js')))
    throw new GraderError('lab/problems', [
      { rule: 'files', file: 'lib/dist', message: 'the library is not built; build it with: npm run setup' },
    ]);
  const manifest = readJson<Manifest>('lib/package.json');
  const { source: _, ...door } = manifest.exports['.'] as Record<string, string>;
  const own = json({ ...manifest, exports: { ...manifest.exports, '.': door } });
  return [madeFile('lib/package.json', own, 'lib/package.json'), ...projectPaths('lib/dist', isBuilt).map(projectFile)];
}

const isBuilt = (path: string): boolean => !path.includes('.part') && !path.endsWith('.tsbuildinfo');
