/**
 * A top-level name of a cell: how to read it and, where later cells may assign it, how to write it. One that is `hoisted` (`var`, an enum)
 * is undefined until its declaration is reached; reading any other throws until then.
 */
export type Binding = readonly [read: () => unknown, write?: (value: unknown) => void, hoisted?: boolean];
export type Bindings = Readonly<Record<string, Binding>>;

export interface Lookup {
  readonly found: boolean;
  readonly value?: unknown;
}

/**
 * The notebook's names. Each name lives in the cell that declared it last; every cell finds it here at the moment of use,
 * so that a function sees the newest version of a helper that was run again. A cell's names enter when the cell ends:
 * until then the types of later cells do not know them either.
 */
export interface Scope {
  /** What compiled cells call `exports`. */
  readonly names: object;
  /** Takes the names of a cell that has ended; where it ended early, those that have a value. Returns the names that were not taken. */
  commit(bindings: Bindings, early?: boolean): string[];
  lookup(name: string, first?: Bindings): Lookup;
  /** Calls `note` whenever a cell reads the name, until a cell gives it anew. */
  watch(name: string, note: () => void): void;
}

export function createScope(): Scope {
  const committed = new Map<string, Binding>();
  // TypeScript marks every module that imports something; the mark is no name of the notebook.
  const names = Object.create(null, { __esModule: { value: true } });
  return {
    names,
    commit(bindings, early = false) {
      const missing: string[] = [];
      for (const [name, binding] of Object.entries(bindings)) {
        if (early && !isInitialised(binding)) {
          missing.push(name);
          continue;
        }
        committed.set(name, binding);
        Object.defineProperty(names, name, descriptor(binding));
      }
      return missing;
    },
    lookup(name, first = {}) {
      const binding = Object.hasOwn(first, name) ? first[name] : committed.get(name);
      return binding ? read(binding) : { found: false };
    },
    watch(name, note) {
      const [get, set] = committed.get(name) ?? [];
      const noted = () => {
        note();
        return get?.();
      };
      if (get) Object.defineProperty(names, name, { configurable: true, enumerable: true, get: noted, set });
    },
  };
}

/** A constant becomes a plain property, which hot loops of later cells read at full speed. */
function descriptor([get, set]: Binding): PropertyDescriptor {
  const common = { configurable: true, enumerable: true };
  return set ? { ...common, get, set } : { ...common, value: get(), writable: false };
}

function isInitialised(binding: Binding): boolean {
  const [, , hoisted] = binding;
  const { found, value } = read(binding);
  return found && !(hoisted && value === undefined);
}

/** A name whose declaration the running cell has not reached yet counts as absent. */
function read([get]: Binding): Lookup {
  try {
    return { found: true, value: get() };
  } catch {
    return { found: false };
  }
}
