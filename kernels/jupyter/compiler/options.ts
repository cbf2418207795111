import type * as TypeScript from '@tslab/typescript-for-tslab';

type CompilerOptions = TypeScript.CompilerOptions;

/** What differs from tslab's own options: strict types, `exports` maps of packages, newer built-ins, a source map. */
export function cellOptions(ts: typeof TypeScript, base: CompilerOptions, types: readonly string[]): CompilerOptions {
  return {
    ...base,
    strict: true,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts'],
    // Every package under @types would be parsed otherwise, for each kernel anew.
    types: [...types],
    sourceMap: true,
  };
}

/**
 * The compiler's view of the system: `cwd` is the notebook's folder, and only files of that folder are watched. The
 * library and node_modules stay as they were at the start, types like code.
 */
export function cellSystem(ts: typeof TypeScript, cwd: string): TypeScript.System {
  const system: TypeScript.System = Object.create(ts.sys);
  const unwatched = { close() {} };
  const mayChange = (path: string) => path.startsWith(`${cwd}/`) && !path.includes('/node_modules');
  system.getCurrentDirectory = () => cwd;
  system.watchFile = (path, ...rest) => (mayChange(path) ? (ts.sys.watchFile?.(path, ...rest) ?? unwatched) : unwatched);
  system.watchDirectory = (path, callback) => (path === cwd ? (ts.sys.watchDirectory?.(path, callback, false) ?? unwatched) : unwatched);
  return system;
}
