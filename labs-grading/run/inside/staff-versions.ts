import { compileFunction } from 'node:vm';

/** A lab's checks as one CommonJS module, and the names of its reference answers that cells may have. */
export interface StaffModule {
  readonly code: string;
  readonly names: readonly string[];
}

/** The reference answers that `staff` gives out in this sandbox. Cells are given no other; the rest of the lab, which is public, stays in their scopes, where an inspector finds it. */
export function staffVersions(from: StaffModule | undefined, library: object): ReadonlyMap<string, unknown> {
  if (!from) return new Map();
  const module: { exports: { default?: { staff?: Record<string, unknown> } } } = { exports: {} };
  const load = (id: string): object => {
    if (id === 'tinylab') return library;
    throw new Error(`checks.ts imports ${id}; it may import tinylab and files beside it.`);
  };
  compileFunction(from.code, ['module', 'exports', 'require'])(module, module.exports, load);
  const versions = module.exports.default?.staff ?? {};
  return new Map(from.names.filter(name => Object.hasOwn(versions, name)).map(name => [name, versions[name]]));
}
