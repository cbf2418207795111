import { join } from 'node:path';
import { type CellCompiler, createCellCompiler } from '../../../../kernels/jupyter/compile.ts';
import { createCellExecutor } from '../../../../kernels/jupyter/execute.ts';

/** The folder in which the cells of unit tests run. */
export const folder = join(import.meta.dirname, '../../../../notebooks');

export const cellCompiler = (): CellCompiler => createCellCompiler(folder);

/** Runs cells one after another in a notebook of their own; what came of the last one, as a value or as what is said against it. */
export async function lastOf(compiler: CellCompiler, cells: readonly string[]): Promise<unknown> {
  const notebook = createCellExecutor(folder, compiler);
  let last: unknown;
  for (const cell of cells) {
    const outcome = await notebook.run(cell);
    last = outcome.ok ? outcome.value : String((outcome.error as Error | undefined)?.message);
  }
  return last;
}
