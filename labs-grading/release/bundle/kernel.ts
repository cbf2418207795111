import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GraderError } from '../../base/grader-error.ts';
import { projectFolder } from '../../base/project.ts';
import type { BundleFile } from './file.ts';
import { projectFile, projectPaths } from './files.ts';

const extension = 'kernels/jupyter/labextension';

/** kernels/jupyter: the kernel from its sources, and JupyterLab's extension as it was built; kernels/mcu, which set-up and the library build from. @throws GraderError when it is not built. */
export function kernelFiles(): BundleFile[] {
  if (!existsSync(join(projectFolder, extension, 'dist/extension/package.json')))
    throw new GraderError('lab/problems', [
      {
        rule: 'files',
        file: extension,
        message: 'JupyterLab’s extension is not built; build it with: npm run setup',
      },
    ]);
  const kernel = projectPaths('kernels/jupyter', path => path !== extension && !/\/(node_modules|dist)$|\.part/.test(path));
  const built = projectPaths(`${extension}/dist/extension`, path => !path.includes('.part'));
  const mcu = projectPaths('kernels/mcu', path => !/\/dist$|\.partial/.test(path));
  return [...kernel, ...mcu, `${extension}/build.mjs`, ...built].map(projectFile);
}
