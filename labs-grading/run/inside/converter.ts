// Type-checks and compiles cells. It executes nothing of what it reads.
import { createCellCompiler } from '../../../kernels/jupyter/compile.ts';
import { rememberingCompiler } from '../../../kernels/jupyter/remembering-compiler.ts';
import { serve } from './port.ts';

const compiler = rememberingCompiler(createCellCompiler(process.cwd()));

serve(async ({ declarations, source }) => ({ ok: true, value: compiler.convert(String(declarations), String(source)) }));

// Reads the library's types while nothing is asked yet.
setImmediate(() => compiler.convert('', "import 'tinylab';"));
