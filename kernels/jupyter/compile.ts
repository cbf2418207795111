import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type * as TypeScript from '@tslab/typescript-for-tslab';
import type { Converter } from 'tslab/dist/converter.js';
import { escapeSeparators, toCellFunction, toCommonJS } from './compiler/cell-function.ts';
import { type CellDiagnostic, readable } from './compiler/diagnostics.ts';
import { expandEarlierNames } from './compiler/earlier-names.ts';
import { forgottenAwaits, type Hint } from './compiler/forgotten-await.ts';
import { declareHoistedVars } from './compiler/hoisted-vars.ts';
import { type EndedEarly, keptDeclarations } from './compiler/kept-declarations.ts';
import { createLibraryFiles } from './compiler/library-files.ts';
import { declaredNames } from './compiler/needed-declarations.ts';
import { cellOptions, cellSystem } from './compiler/options.ts';
import { createLightProgram } from './compiler/program.ts';
import { quickInfo } from './compiler/quick-info.ts';
import { resolution } from './compiler/resolution.ts';
import { createTslabConverter, loadTypeScript } from './compiler/tslab.ts';

/** A cell that is ready to run. Plain data, so that it can be compiled in one process and run in another. */
export interface CompiledCell {
  /** Not empty when the cell must not run; the other fields are then absent or empty. */
  readonly diagnostics: readonly CellDiagnostic[];
  /** Body of the function that the cell becomes. */
  readonly output?: string;
  /** All declarations that hold after the cell: `previousDeclarations` of the next one. */
  readonly declarations?: string;
  /** Source maps from the output back to the cell, the last step first. */
  readonly map: readonly string[];
  /** The cell waits for something at its top level. */
  readonly awaits: boolean;
  /** Helper files beside the notebook that the cell imports and that are new or changed: path and CommonJS text. */
  readonly modules: readonly { readonly path: string; readonly code: string }[];
  readonly hints: readonly Hint[];
}

export interface CellCompiler {
  /** Checks and compiles a cell, given the declarations of the cells before it. Executes nothing. */
  convert(previousDeclarations: string, source: string): CompiledCell;
  /** The cell's own part of `declarations` after the last `convert`, before those of earlier cells. */
  readonly ownDeclarations: string;
  /** The declarations after a cell that ended early. */
  kept(cell: EndedEarly): string;
  /** Names that a cell declares at its top level, also one that does not compile. */
  declaredNames(source: string): string[];
  /** Names that every cell sees; known after a first `convert` without diagnostics. */
  readonly globals: ReadonlySet<string>;
  /** tslab's converter, for completion and inspection. Created at first use, which takes about a second. */
  readonly converter: Converter;
  /** Releases the converter. The next use creates a new one. */
  close(): void;
}

/** Takes over what the emit of one cell leaves behind besides its text. */
interface EmitRecord {
  map?: string;
  hints: Hint[];
  declarations: string;
  globals?: ReadonlySet<string>;
}

/** Symbols of every kind. */
const everything = -1 as TypeScript.SymbolFlags;

/** A compiler for the cells of a notebook in the folder `cwd`. `types` names the ambient type packages (default: node). */
export function createCellCompiler(cwd: string, { types = ['node'] }: { types?: readonly string[] } = {}): CellCompiler {
  const folder = realpathSync(cwd);
  const record: EmitRecord = { hints: [], declarations: '' };
  let converter: Converter | undefined;
  let converting = false;
  const ready = () => (converter ??= createTslabConverter(patchedTypeScript(folder, types, record)));
  const close = () => {
    converter?.close();
    converter = undefined;
  };
  return {
    get converter() {
      return ready();
    },
    convert(previousDeclarations, source) {
      // An interrupt may cut the compiler off in the middle of its work, after which its state cannot be trusted.
      if (converting) close();
      converting = true;
      const cell = convert(ready(), record, { previousDeclarations, source });
      converting = false;
      return cell;
    },
    get ownDeclarations() {
      return record.declarations;
    },
    kept: cell => keptDeclarations(loadTypeScript(), cell),
    declaredNames: source => declaredNames(loadTypeScript(), source),
    get globals() {
      return record.globals ?? new Set();
    },
    close,
  };
}

function convert(
  converter: Converter,
  record: EmitRecord,
  { previousDeclarations, source }: { previousDeclarations: string; source: string },
): CompiledCell {
  delete record.map;
  record.hints = [];
  record.declarations = '';
  const result = converter.convert(previousDeclarations, source);
  if (result.diagnostics.length) return { diagnostics: readable(result.diagnostics), map: [], awaits: false, modules: [], hints: [] };
  const ts = loadTypeScript();
  const { body, map } = toCellFunction(ts, escapeSeparators(result.output ?? ''), result.lastExpressionVar);
  return {
    diagnostics: [],
    output: body,
    declarations: result.declOutput ?? '',
    map: [map, record.map].filter(step => step !== undefined),
    awaits: waitsAtTop(ts, source),
    modules: (result.sideOutputs ?? []).map(({ path, data }) => ({ path, code: toCommonJS(ts, escapeSeparators(data)).body })),
    hints: record.hints,
  };
}

/** The compiler as tslab's converter shall see it. */
function patchedTypeScript(cwd: string, types: readonly string[], record: EmitRecord): object {
  const ts = loadTypeScript();
  const earlier = join(cwd, '__prev__.d.ts');
  const cell = join(cwd, '__tslab__.ts');
  const createProgram = createLightProgram(ts, {
    before: program => {
      const file = program.getSourceFile(cell);
      if (file) {
        record.hints = forgottenAwaits(ts, program, file);
        record.globals ??= new Set(
          program
            .getTypeChecker()
            .getSymbolsInScope(file, everything)
            .map(({ name }) => name),
        );
      }
      return [expandEarlierNames(ts, program.getTypeChecker(), file => file.fileName === earlier)];
    },
    afterDeclarations: (program, name) =>
      name === cell ? [declareHoistedVars(ts, program.getTypeChecker(), program.getSourceFile(cell))] : [],
    onText: (name, text) => {
      if (name.endsWith('__tslab__.js.map')) record.map = text;
      if (name.endsWith('__tslab__.d.ts')) record.declarations = text;
    },
  });
  const libraries = createLibraryFiles(ts);
  return {
    ...ts,
    sys: cellSystem(ts, cwd, libraries.read),
    createWatchCompilerHost: (files: string[], base: TypeScript.CompilerOptions, system: TypeScript.System) => {
      const options = cellOptions(ts, base, types);
      const builtins = ['newer-builtins.d.ts', 'typed-arrays.d.ts'].map(name => join(import.meta.dirname, 'compiler', name));
      const roots = [...files, ...builtins];
      const host = ts.createWatchCompilerHost(
        roots,
        options,
        system,
        createProgram,
        () => {},
        () => {},
      );
      return Object.assign(host, resolution(ts, { host, options, nodeTypes: libraries.nodeTypes, cwd }));
    },
    getQuickInfoAtPosition: quickInfo(ts, libraries.document),
    // The step to CommonJS is ours: tslab's would write every variable twice, and lose its place in the source.
    transpileModule: (code: string) => ({ outputText: code }),
  };
}

/** Whether the cell waits outside its functions. It is read as the module that it is, where `await (x)` is no call. */
function waitsAtTop(ts: typeof TypeScript, source: string): boolean {
  if (!/\bawait\b/.test(source)) return false;
  const file = ts.createSourceFile('cell.ts', `export {};\n${source}`, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const search = (node: TypeScript.Node): boolean => {
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
    // The computed name of a method belongs to what stands around it.
    if (ts.isFunctionLike(node)) return node.name !== undefined && search(node.name);
    return ts.forEachChild(node, child => search(child) || undefined) ?? false;
  };
  return search(file);
}
