import { handInFolder, removeHandIns } from './deliverables.ts';
import type { Kit } from './kit.ts';
import type { Sandbox } from './sandbox.ts';

/** A sandbox that stands ready, and the folder outside in which it sees what is handed in: empty until then, and read-only inside. */
export interface Prepared {
  readonly sandbox: Sandbox;
  readonly folder: string;
}

/**
 * Keeps one sandbox ahead of a worker: Node, TensorFlow and the library are loaded, nothing of any student has been near it. Each is given
 * out once. One that died while it waited is replaced, so that nobody is blamed for it.
 */
export class SandboxAhead {
  readonly #kit: Kit;
  #next: Promise<Prepared> | undefined;

  constructor(kit: Kit) {
    this.#kit = kit;
  }

  /** Starts to prepare the next sandbox. */
  prepare(): void {
    this.#next ??= this.#make();
    // Whoever takes it is told.
    this.#next.catch(() => {});
  }

  /** The sandbox that was prepared, or another where there is none or it has died. */
  async take(): Promise<Prepared> {
    const next = this.#next;
    this.#next = undefined;
    const prepared = await next?.catch(() => undefined);
    if (prepared && !prepared.sandbox.gone) return prepared;
    if (prepared) await discard(prepared);
    return this.#make();
  }

  async close(): Promise<void> {
    const prepared = await this.#next?.catch(() => undefined);
    this.#next = undefined;
    if (prepared) await discard(prepared);
  }

  async #make(): Promise<Prepared> {
    const folder = handInFolder();
    const sandbox = this.#kit.open('runner.ts', { deliverables: folder });
    try {
      // The answer comes when everything is loaded.
      await sandbox.ask({ op: 'hello' }, this.#kit.limits.cellCpuMs);
    } catch (error) {
      await discard({ sandbox, folder });
      throw error;
    }
    return { sandbox, folder };
  }
}

async function discard({ sandbox, folder }: Prepared): Promise<void> {
  await sandbox.close();
  await removeHandIns(folder);
}
