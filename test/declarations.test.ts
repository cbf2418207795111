import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow, root } from './house/modules.ts';

// The kernel's compiler is TypeScript 5.0: a declaration that it does not know would silently become `any` in a student's cell.
it('the built declarations are understood by the compiler of the kernel', () => {
  const dist = join(root, 'lib/dist');
  expect(existsSync(join(dist, 'index.d.ts')), 'lib/dist is missing: run `npm run setup`').toBe(true);
  const ts = createRequire(join(root, 'node_modules/tslab/package.json'))('@tslab/typescript-for-tslab');
  const declared = filesUnder();
  const program = ts.createProgram(declared, {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    esModuleInterop: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  });
  const ours = declared.flatMap(path => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)));
  const said = ours.map(
    (d: { file: { fileName: string }; messageText: unknown }) =>
      `${d.file.fileName.slice(dist.length + 1)}: ${ts.flattenDiagnosticMessageText(d.messageText, '\n')}`,
  );
  expect(declared.length).toBeGreaterThan(10);
  expect(said).toEqual([]);
}, 60_000);

function filesUnder(): string[] {
  const stages = ['tensor', 'data', 'model', 'train', 'compress', 'measure', 'check', 'notebook'].filter(stage =>
    existsSync(join(root, 'lib/dist', stage)),
  );
  return [join(root, 'lib/dist/index.d.ts'), ...stages.flatMap(stage => below(`lib/dist/${stage}`))];
}

function below(folder: string): string[] {
  return filesBelow([folder], ['.d.ts']).map(path => join(root, path));
}
