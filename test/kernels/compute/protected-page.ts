import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../../../scripts/setup/context.mjs';
import { nodeHeaders } from '../../../scripts/setup/steps/binding.mjs';
import { compiler } from '../../../scripts/setup/system.mjs';

/** Where the page lies: a kernel that reads or writes one byte too far on that side ends the process. */
export type Side = 'before' | 'after';

const protectedPage = build();

/** A copy of some values directly behind or directly before a page that must not be touched. */
export function atProtectedPage<T extends Float32Array | Int8Array | Uint8Array | Int16Array | Int32Array>(values: T, side: Side): T {
  const make = values.constructor as new (memory: ArrayBuffer) => T;
  const copy = new make(values.length === 0 ? new ArrayBuffer(0) : protectedPage(values.byteLength, side === 'after'));
  copy.set(values);
  return copy;
}

function build(): (bytes: number, after: boolean) => ArrayBuffer {
  const context = createContext();
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-page-'));
  const module = join(folder, 'protected-page.node');
  const platform = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  const source = join(import.meta.dirname, 'protected-page.cc');
  execFileSync(compiler(context), ['-shared', '-fPIC', '-I', nodeHeaders(context), ...platform, source, '-o', module]);
  const loaded = createRequire(import.meta.url)(module);
  rmSync(folder, { recursive: true });
  return loaded;
}
