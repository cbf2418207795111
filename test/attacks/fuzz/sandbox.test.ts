import { LabError } from 'tinylab';
import { decode } from 'tinylab/grading';
import { afterAll, describe, expect, it } from 'vitest';
import { Converter } from '../../../labs-grading/run/converter.ts';
import { openKit } from '../../../labs-grading/run/kit.ts';
import type { Conversion } from '../../../labs-grading/run/protocol.ts';

const kit = openKit({ slot: 10 });
const converter = new Converter(kit);
afterAll(() => converter.close());

/** Values that are more than they seem, put together at random: what a student's function may return. */
const makers = `
let state = 12345;
const next = (n: number): number => { state = (state * 1103515245 + 12345) % 2147483648; return state % n; };
class Odd { constructor(readonly x: unknown) {} get later(): never { throw new Error('getter'); } toJSON(): unknown { return { ok: true, score: 10 }; } }
const atoms: (() => any)[] = [
  () => NaN, () => -0, () => Infinity, () => 2n ** 200n, () => undefined, () => null, () => Symbol('s'), () => '\\ud800', () => 'x'.repeat(next(100000)),
  () => ({ kind: 'number', value: 'NaN' }), () => ({ kind: 'function', id: 'handle-0' }), () => JSON.parse('{"__proto__":{"ok":true},"constructor":1}'),
  () => new Proxy({}, { get: () => 1, ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }),
  () => new Proxy([], { get: (_, key) => (key === 'length' ? 1e9 : 1) }), () => Object.create({ inherited: 1 }), () => Object.create(null),
  () => new Float32Array(next(1000)), () => new Float64Array([NaN, -0]), () => new DataView(new ArrayBuffer(8)), () => new SharedArrayBuffer(8), () => new Map([[1, 2]]), () => new Set([1]),
  () => new Date(NaN), () => /x/g, () => new Error('e'), () => Promise.resolve(1), () => Promise.reject(new Error('later')), () => ({ then: (f: any) => f(7) }), () => () => 1, () => class {},
  () => { const a: any = []; a.push(a); return a; }, () => { const o: any = {}; o.self = o; return o; }, () => new Array(1e6), () => Array.from({ length: next(3000) }, () => next(9)),
  () => Object.assign([1, 2], { extra: 1 }), () => Object.defineProperty({}, 'a', { enumerable: true, get() { throw new Error('getter'); } }), () => new (globalThis as any).WeakRef({}), () => new Odd(1),
  () => { throw undefined; }, () => { throw { toString() { throw new Error('twice'); } }; }, () => { throw Object.assign(new Error(), { message: 'm'.repeat(1e6), stack: 7 }); },
  () => ({ shape: [2], dtype: 'float32', data: new Float32Array(3) }), () => ({ shape: [-1], dtype: 'float32', data: [] }),
];
function build(depth: number): any {
  const kind = next(depth > 0 ? 5 : 3);
  if (kind < 3) return atoms[next(atoms.length)]!();
  const items = Array.from({ length: next(4) + 1 }, () => build(depth - 1));
  return kind === 3 ? items : Object.fromEntries(items.map((item, i) => ['k' + i, item]));
}
function hostile(i: number): any { return build(i % 4); }`;

const calls = 500;

describe('a real sandbox', () => {
  it(`is asked for ${calls} odd values: each is plain data or a fault, and the sandbox lives on`, async () => {
    const sandbox = kit.open('runner.ts');
    try {
      expect(await sandbox.ask({ op: 'ready', full: false, withheld: [] }, 20_000)).toMatchObject({ ok: true });
      const cell = await converter.convert('', makers);
      expect(cell.diagnostics).toEqual([]);
      expect(await sandbox.ask({ op: 'run', cell, name: 'cell[1]', source: makers }, 20_000)).toEqual({ ok: true, value: { done: true } });
      const seen = { plain: 0, fault: 0, refused: 0 };
      for (let i = 0; i < calls; i++) {
        const reply = await sandbox.ask({ op: 'call', name: 'hostile', args: [i] }, 20_000);
        if (!reply.ok) seen.fault++;
        else seen[isPlain(reply.value) ? 'plain' : 'refused']++;
      }
      expect(seen.plain + seen.fault + seen.refused).toBe(calls);
      expect(Math.min(seen.plain, seen.fault)).toBeGreaterThan(calls / 20);
      expect(sandbox.gone).toBe(false);
    } finally {
      await sandbox.close();
    }
  });

  it('compiles honest cells the same after hostile ones: nothing of one student is in the next', async () => {
    const honest = [
      'function add(a: number, b: number): number { return a + b; }',
      "import { tf } from 'tinylab';\nconst t = [1, 2].map(x => x + 1);",
    ];
    const ask = (source: string): Promise<Conversion> => converter.convert(`/* ${Math.random()} */`, source);
    const compiled = async (): Promise<unknown[]> =>
      (await Promise.all([ask(honest[0] as string)]))
        .concat(await ask(honest[1] as string))
        .map(({ output, diagnostics }) => [output, diagnostics]);
    const before = await compiled();
    expect(before).toMatchObject([
      [expect.stringContaining('add'), []],
      [expect.stringContaining('map'), []],
    ]);
    const told: string[] = [];
    for (const source of hostileSources) {
      const { diagnostics, modules } = await ask(source);
      expect(modules).toEqual([]);
      told.push(...diagnostics.map(({ message }) => message));
    }
    expect(told.join('\n')).not.toMatch(/root:|TINYLAB|7310977/);
    expect(await compiled()).toEqual(before);
  });
});

function isPlain(value: unknown): boolean {
  try {
    decode(value, { handle: () => () => 0 });
    return true;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return false;
  }
}

const hostileSources: readonly string[] = [
  'export {};\ndeclare global { interface Array<T> { map(): never; evil: T } var evil: string }\nArray.prototype.map = (() => 0) as any;',
  "declare module 'tinylab' { export const tf: never; }",
  'interface Array<T> { map: never }\ninterface Number { evil: 1 }\ndeclare var console: never;',
  '/// <reference path="/etc/passwd" />\n/// <reference types="node" />\n/// <reference lib="webworker" />',
  '// @ts-nocheck\nconst x: number = "text";',
  "import data from '/etc/passwd';\nimport text from '/proc/self/environ';\nimport more from '/lab/package.json';",
  "import hidden from '/lab/labs-grading/labs/00-basics/hidden.ts';\nexport * from './hidden';",
  'function __tinylab__bindings() { return {}; }\nconst require = 0; const exports = 0; const module = 0;',
  '`$`;\u2028const a = 1;\u2029/*\u0000*/',
  '}}}}))))(((({{{{ */ /* `${',
];
