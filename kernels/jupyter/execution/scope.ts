/** A top-level name of a cell: how to read it and, where later cells may assign it, how to write it. */
export type Binding = readonly [read: () => unknown, write?: (value: unknown) => void];
export type Bindings = Readonly<Record<string, Binding>>;

export interface Lookup {
  readonly found: boolean;
  readonly value?: unknown;
}

/**
 * The notebook's names. Each name lives in the cell that declared it last; every cell finds it here at the moment of use,
 * so that a function sees the newest version of a helper that was run again. A cell's names enter when the cell succeeds:
 * until then the types of later cells do not know them either.
 */
export interface Scope {
  /** What compiled cells call `exports`. */
  readonly names: object;
  commit(bindings: Bindings): void;
  lookup(name: string, first?: Bindings): Lookup;
}

export function createScope(): Scope {
  const committed = new Map<string, Binding>();
  // TypeScript marks every module that imports something; the mark is no name of the notebook.
  const names = Object.create(null, { __esModule: { value: true } });
  return {
    names,
    commit(bindings) {
      for (const [name, binding] of Object.entries(bindings)) {
        committed.set(name, binding);
        Object.defineProperty(names, name, descriptor(binding));
      }
    },
    lookup(name, first = {}) {
      const binding = Object.hasOwn(first, name) ? first[name] : committed.get(name);
      return binding ? read(binding) : { found: false };
    },
  };
}

/** A constant becomes a plain property, which hot loops of later cells read at full speed. */
function descriptor([get, set]: Binding): PropertyDescriptor {
  const common = { configurable: true, enumerable: true };
  return set ? { ...common, get, set } : { ...common, value: get(), writable: false };
}

/** A name whose declaration the running cell has not reached yet counts as absent. */
function read([get]: Binding): Lookup {
  try {
    return { found: true, value: get() };
  } catch {
    return { found: false };
  }
}
