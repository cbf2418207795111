import type { MimeBundle } from '../display/bundle.ts';
import type { CellExecutor } from '../execute.ts';
import { currentCell, owningCell, type RunningCell } from './cell.ts';

/** What the library finds at `globalThis[Symbol.for('tinylab.kernel')]`. The library declares the same shape for itself: neither imports the other. */
export interface KernelHost {
  readonly version: 1;
  display(bundle: MimeBundle, options?: { id?: string; update?: boolean; metadata?: MimeBundle }): void;
  clearOutput(wait?: boolean): void;
  signal(): AbortSignal;
  onTerminate(repair: () => void): () => void;
  lookup: CellExecutor['lookup'];
}

export interface HostSide {
  readonly host: KernelHost;
  /** Calls every repair, after a termination and before the next cell. */
  repair(): void;
}

export function createHost(executor: Pick<CellExecutor, 'lookup'>): HostSide {
  const repairs = new Set<() => void>();
  /** The cell whose output this is, unless the user has ended it. */
  const target = (): RunningCell | undefined => {
    const cell = currentCell();
    return cell?.dead ? undefined : cell;
  };
  const host: KernelHost = {
    version: 1,
    display(data, { id, update, metadata } = {}) {
      if (update && id !== undefined) target()?.output.update({ data, metadata, id });
      else target()?.output.display({ data, metadata, id });
    },
    clearOutput: (wait = false) => target()?.output.clear(wait),
    signal() {
      const cell = owningCell() ?? currentCell();
      if (!cell) return new AbortController().signal;
      cell.listens = true;
      return cell.controller.signal;
    },
    onTerminate(repair) {
      repairs.add(repair);
      return () => void repairs.delete(repair);
    },
    lookup: name => executor.lookup(name),
  };
  return {
    host,
    repair() {
      for (const repair of repairs) {
        try {
          repair();
        } catch (error) {
          process.stderr.write(`A repair after the interrupt failed: ${error}\nRestart the kernel.\n`);
        }
      }
    },
  };
}

export function installHost(host: KernelHost): void {
  Object.defineProperty(globalThis, Symbol.for('tinylab.kernel'), { value: Object.freeze(host), configurable: true });
}
