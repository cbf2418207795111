import type * as TypeScript from '@tslab/typescript-for-tslab';

/** Functions of the compiler that its public types leave out. */
interface Internals {
  createAbstractBuilder(...args: unknown[]): TypeScript.BuilderProgram;
  bindSourceFile(file: TypeScript.SourceFile, options: TypeScript.CompilerOptions): void;
}

interface Imports {
  /** What each import of the file was resolved to. */
  resolvedModules?: { forEach(use: (resolution: { resolvedModule?: { resolvedFileName: string } }) => void): void };
}

type Describe = (...args: [node: TypeScript.Node, enclosing: TypeScript.Node, flags: number, ...rest: unknown[]]) => unknown;
const describing = ['createTypeOfDeclaration', 'createReturnTypeOfSignatureDeclaration', 'createTypeOfExpression'] as const;
type Resolver = Record<(typeof describing)[number], Describe>;

interface Resolving {
  getEmitResolver(...args: unknown[]): Resolver;
}

interface Forcible {
  /** With `force`, declarations are written whatever is said against them. */
  emit(...args: [...Parameters<TypeScript.Program['emit']>, force: boolean]): TypeScript.EmitResult;
}

export interface EmitHooks {
  /** Transformers that run before types are erased. */
  before(program: TypeScript.Program): TypeScript.TransformerFactory<TypeScript.SourceFile>[];
  /** Transformers of the declarations, which run last. */
  afterDeclarations(
    program: TypeScript.Program,
    fileName: string | undefined,
  ): TypeScript.TransformerFactory<TypeScript.SourceFile | TypeScript.Bundle>[];
  /** Called with each emitted text, source maps included. */
  onText(fileName: string, text: string): void;
}

/**
 * A builder program without the bookkeeping of incremental builds: tslab emits one small file at a time, and hashing
 * every declaration of the library for each cell costs more than the cell. It binds what tslab reads before any check.
 */
export function createLightProgram(ts: typeof TypeScript, hooks: EmitHooks): TypeScript.CreateProgram<TypeScript.BuilderProgram> {
  const internals = ts as typeof ts & Internals;
  return (...args) => {
    const builder = internals.createAbstractBuilder(...args);
    const program = builder.getProgram();
    for (const name of program.getRootFileNames()) {
      const file = program.getSourceFile(name);
      if (file) internals.bindSourceFile(file, program.getCompilerOptions());
    }
    nameByPath(ts, program.getTypeChecker());
    // A type that has no portable name, or none at all, is no fault of a cell: its declarations are written all the same.
    program.getDeclarationDiagnostics = () => [] as unknown as readonly TypeScript.DiagnosticWithLocation[];
    builder.getAllDependencies = file => dependencies(program, file);
    builder.emit = (...[file, write, token, onlyTypes, transformers]) =>
      (program as typeof program & Forcible).emit(
        file,
        withoutMaps(write, hooks),
        token,
        onlyTypes,
        {
          ...transformers,
          before: hooks.before(program),
          afterDeclarations: [...(transformers?.afterDeclarations ?? []), ...hooks.afterDeclarations(program, file?.fileName)],
        },
        true,
      );
    return builder;
  };
}

/** Lets declarations name a type by its file inside a package: they are read here only, so that nothing need be portable. */
function nameByPath(ts: typeof TypeScript, checker: TypeScript.TypeChecker & Partial<Resolving>): void {
  const original = checker.getEmitResolver;
  if (!original) return;
  checker.getEmitResolver = (...args) => {
    const resolver = { ...original(...args) };
    for (const name of describing) {
      const describe = resolver[name];
      resolver[name] = (...args) => {
        args[2] |= ts.NodeBuilderFlags.AllowNodeModulesRelativePaths;
        return describe(...args);
      };
    }
    return resolver;
  };
}

/** The files that `file` imports, direct or not, itself included. Libraries' declarations have nothing to emit and are left out. */
function dependencies(program: TypeScript.Program, file: TypeScript.SourceFile): string[] {
  const seen = new Set([file.fileName]);
  for (const name of seen) {
    (program.getSourceFile(name) as Imports | undefined)?.resolvedModules?.forEach(({ resolvedModule }) => {
      const next = resolvedModule?.resolvedFileName;
      if (next && !next.endsWith('.d.ts') && !next.includes('/node_modules/')) seen.add(next);
    });
  }
  return [...seen];
}

function withoutMaps(write: TypeScript.WriteFileCallback | undefined, hooks: EmitHooks): TypeScript.WriteFileCallback {
  return (name, text, ...rest) => {
    const written = text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
    hooks.onText(name, written);
    if (!name.endsWith('.map')) write?.(name, written, ...rest);
  };
}
