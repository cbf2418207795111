import type { CellCompiler, CompiledCell } from './compile.ts';
import { neededDeclarations } from './compiler/needed-declarations.ts';
import { loadTypeScript } from './compiler/tslab.ts';

interface Remembered {
  readonly cell: CompiledCell;
  readonly own: string;
}

/** Characters of all remembered cells, about; beyond that everything is forgotten. */
const room = 16 * 2 ** 20;

/**
 * Compiles as `compiler` does, and compiles no cell twice: a cell is known by its text and by the earlier declarations that matter to it, so
 * that what a student declares for one answer changes nothing for the cells that never mention it.
 */
export function rememberingCompiler(compiler: CellCompiler): Pick<CellCompiler, 'convert'> {
  const ts = loadTypeScript();
  const cells = new Map<string, Remembered>();
  let size = 0;

  const compile = (declarations: string, source: string): Remembered => {
    const cell = compiler.convert(declarations, source);
    return { cell, own: compiler.ownDeclarations };
  };
  const remember = (key: string, found: Remembered): void => {
    size += key.length + (found.cell.output?.length ?? 0) + found.own.length + found.cell.map.join('').length;
    if (size > room) {
      cells.clear();
      size = 0;
    }
    cells.set(key, found);
  };

  return {
    convert(declarations, source) {
      if (compiler.globals.size === 0) compiler.convert('', '');
      const parts = neededDeclarations(ts, { declarations, source, globals: compiler.globals });
      if (!parts) return compiler.convert(declarations, source);
      const key = `${parts.needed.length} ${parts.needed}${source}`;
      const known = cells.get(key);
      const found = known ?? compile(parts.needed, source);
      // What the compiler suggests instead of a wrong name may be any of them.
      if (found.cell.diagnostics.length > 0) return compiler.convert(declarations, source);
      if (!known && found.cell.modules.length === 0) remember(key, found);
      return { ...found.cell, declarations: found.own + parts.after };
    },
  };
}
