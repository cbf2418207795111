import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connectTslab } from '../display/tslab.ts';

export interface CellRequire {
  readonly require: NodeJS.Require;
  /** Takes new versions of helper files; the next import of each evaluates it anew. */
  update(modules: readonly { readonly path: string; readonly code: string }[]): void;
}

/** What a cell sees of a module that it imports. */
export type Door = (id: string, module: object, native: NodeJS.Require) => object;

/** The lab library through the view of itself that it offers, in which a question can withhold exports; any other module as it is. */
export function libraryDoor(id: string, module: object, native: NodeJS.Require): object {
  if (id !== 'tinylab' && id !== 'tinylab/grading') return module;
  const { withholdable } = native('tinylab/grading') as { withholdable(library: object): object };
  return withholdable(module);
}

/** `require` as seen from a cell in `folder`: packages as Node finds them, `.ts` files beside the notebook as the compiler left them. */
export function createCellRequire(folder: string, door: Door = libraryDoor): CellRequire {
  const compiled = new Map<string, string>();
  const loaded = new Map<string, Module>();

  const helper = (id: string, from: string): Module | undefined => {
    if (!id.startsWith('.')) return undefined;
    const path = join(from, id.replace(/\.[jt]s$/, ''));
    const code = compiled.get(`${path}.js`);
    return code === undefined ? undefined : (loaded.get(path) ?? evaluate(path, code));
  };
  const evaluate = (path: string, code: string): Module => {
    const module = new Module(`${path}.ts`) as Module & { _compile(code: string, path: string): void };
    loaded.set(path, module);
    module.filename = `${path}.ts`;
    module.require = over(createRequire(`${path}.ts`), dirname(path));
    try {
      module._compile(code, `${path}.ts`);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module;
  };
  const over = (native: NodeJS.Require, from: string): NodeJS.Require =>
    new Proxy(native, {
      apply(target, self, [id]) {
        const own = helper(id, from);
        if (own) return own.exports;
        const module = Reflect.apply(target, self, [id]);
        if (id === 'tslab') connectTslab(target);
        return door(id, module, target);
      },
    });

  return {
    require: over(createRequire(join(folder, 'cell.js')), folder),
    update(modules) {
      // A helper may import another one, so that a change to any of them evaluates all of them anew.
      if (modules.length) loaded.clear();
      for (const { path, code } of modules) compiled.set(path, code);
    },
  };
}
