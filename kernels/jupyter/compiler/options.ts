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

/** Whether a file may change while the kernel runs. The library and node_modules stay as they were at the start, types like code. */
export const mayChange =
  (cwd: string) =>
  (path: string): boolean =>
    path.startsWith(`${cwd}/`) && !path.includes('/node_modules/');

/** The compiler's view of the system: `cwd` is the notebook's folder, only files of that folder are watched, and `read` is how others are read. */
export function cellSystem(ts: typeof TypeScript, cwd: string, read: (path: string) => string | undefined): TypeScript.System {
  const system: TypeScript.System = Object.create(ts.sys);
  const unwatched = { close() {} };
  const changes = mayChange(cwd);
  system.getCurrentDirectory = () => cwd;
  system.readFile = (path, encoding) => (changes(path) ? ts.sys.readFile(path, encoding) : read(path));
  system.watchFile = (path, ...rest) => (changes(path) ? (ts.sys.watchFile?.(path, ...rest) ?? unwatched) : unwatched);
  system.watchDirectory = (path, callback) => (path === cwd ? (ts.sys.watchDirectory?.(path, callback, false) ?? unwatched) : unwatched);
  return system;
}
