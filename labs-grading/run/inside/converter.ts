// Type-checks and compiles cells. It executes nothing of what it reads.
import { createCellCompiler } from '../../../kernels/jupyter/compile.ts';
import type { EndedEarly } from '../../../kernels/jupyter/compiler/kept-declarations.ts';
import { rememberingCompiler } from '../../../kernels/jupyter/remembering-compiler.ts';
import { serve } from './port.ts';

const cells = createCellCompiler(process.cwd());
const compiler = rememberingCompiler(cells);

serve(async ({ op, ...asked }) => {
  if (op === 'kept') return { ok: true, value: cells.kept(asked as unknown as EndedEarly) };
  return { ok: true, value: compiler.convert(String(asked.declarations), String(asked.source)) };
});

// Reads the library's types while nothing is asked yet.
setImmediate(() => compiler.convert('', "import 'tinylab';"));
