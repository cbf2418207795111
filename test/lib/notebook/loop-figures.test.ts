import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { count } from '../../../lib/loops/count/count.ts';
import type { LoopCall } from '../../../lib/loops/loop.ts';
import { loopTable } from '../../../lib/notebook/loop-table.ts';
import { plot } from '../../../lib/notebook/plot/index.ts';
import { displaySymbol } from '../../../lib/tensor/host.ts';

const call: LoopCall = {
  args: [{ name: 'a', data: new Float32Array(16), use: 'in' }, { name: 'b', data: new Float32Array(8), use: 'out' }, 8],
};
const copy = () => compile('export function copy(a: F32s, b: F32s, n: i32): void { for (let i = 0; i < n; i++) b[i] = a[2 * i]; }');

describe('plot.trace', () => {
  it('draws hits, stores and misses over time and memory', async () => {
    const counts = await count(await copy(), call, { trace: true, caches: [{ bytes: 1024, lineBytes: 32, ways: 4 }] });
    const [cells] = plot.trace(counts, { title: 'Copy' }).data;
    // every second element of a is read: a row of 4 bytes in between stays empty
    const z = cells?.z as (number | null)[][];
    expect([z.length, z[0]?.length]).toEqual([15 + 8, 16]);
    expect(z[0]?.[0]).toBe(2);
    expect(z[1]).toEqual(new Array(16).fill(null));
    expect(z[2]?.[2]).toBe(0);
    // a line of 32 bytes of b: one miss, then stores
    expect(z.slice(15).map((row, i) => row[2 * i + 1])).toEqual([2, 1, 1, 1, 1, 1, 1, 1]);
    expect(z.flat().filter(cell => cell !== null)).toHaveLength(16);
    expect([cells?.y?.[0], cells?.y?.[15], cells?.x?.at(-1)]).toEqual(['a 0', 'b 0', '15']);
    expect(cells).toMatchObject({ zmin: -0.5, zmax: 2.5, colorbar: { ticktext: ['hit', 'store', 'miss'] } });
    expect(plot.trace(counts, { accesses: 4 }).data[0]?.x).toHaveLength(4);
  });

  it('stays small for many accesses, and shows the most remarkable of a cell', () => {
    const length = 100_000;
    const address = Uint32Array.from({ length }, (_, i) => 4 * i);
    const missed = new Uint8Array(length).fill(1, length / 2);
    const array = new Uint8Array(length).fill(255, 0, 10).fill(1, 10);
    const figure = plot.trace({ trace: { arrays: ['a', 'b'], array, address, write: new Uint8Array(length), missed } });
    const z = figure.data[0]?.z as (number | null)[][];
    expect(z.length).toBeLessThanOrEqual(66);
    expect(z[0]?.length).toBeLessThanOrEqual(128);
    expect(z[0]?.[0]).toBe(0);
    expect(z.at(-2)?.at(-1)).toBe(2);
    expect(figure.data[0]?.y?.at(-1)).toMatch(/^other/);
  });

  it('refuses counts without accesses', async () => {
    expect(() => plot.trace({})).toThrow(expect.objectContaining({ code: 'plot/trace' }));
  });
});

const of = (...misses: number[]) => ({ loads: 90, stores: 10, bytesRead: 0, bytesWritten: 0, misses });

describe('plot.misses and plot.hits', () => {
  it('draw one loop by array, or several', () => {
    const one = { ...of(7, 3), byArray: { a: of(5, 2), b: of(2, 1) } };
    expect(plot.misses(one).data).toMatchObject([{ type: 'bar', x: ['a', 'b'], y: [5, 2] }]);
    expect(plot.misses({ one, two: one }, { level: 1 }).data).toMatchObject([{ name: 'one', y: [2, 1] }, { name: 'two' }]);
    const unused = { ...of(0, 0), loads: 0, stores: 0 };
    expect(plot.misses({ ...one, byArray: { ...one.byArray, scratch: unused } }).data[0]?.x).toEqual(['a', 'b']);
  });

  it('draw the share that hits over tiles', () => {
    const [line] = plot.hits({ 16: of(5), 8: of(20), none: of(100) }).data;
    expect([line?.x, line?.y]).toEqual([
      ['8', '16', 'none'],
      [0.8, 0.95, 0],
    ]);
    expect(plot.hits({ 16: of(5) }).layout.yaxis).toMatchObject({ range: [0, 1], tickformat: '~%' });
  });

  it('refuse a level that was not simulated, and nothing', () => {
    expect(() => plot.hits({ 8: of(1) }, { level: 1 })).toThrow(expect.objectContaining({ code: 'plot/level' }));
    expect(() => plot.misses({ ...of(), byArray: { a: of() } })).toThrow(expect.objectContaining({ code: 'plot/level' }));
    expect(() => plot.hits({})).toThrow(expect.objectContaining({ code: 'plot/empty' }));
  });
});

const row = {
  name: 'block',
  minMs: 4.18237,
  medianMs: 4.3,
  spreadMs: 0.0123,
  calls: 60,
  gops: 64.18,
  ratio: 41.234,
  ofWasm: 0.912,
  ofNative: 0.26,
};

describe('measured loops', () => {
  it('stand in a table with the shares of both limits', () => {
    const made = loopTable([row]);
    expect(made.columnNames()).toEqual(['name', 'ms', '± ms', 'G/s', '× first', 'of WASM', 'of native']);
    expect(made.objects()).toEqual([
      { name: 'block', ms: 4.182, '± ms': 0.012, 'G/s': 64.2, '× first': 41.2, 'of WASM': '91.2 %', 'of native': '26.0 %' },
    ]);
    expect(made[displaySymbol as never]).toBeDefined();
  });

  it('stand under the roof of WebAssembly', () => {
    const { data, layout } = plot.loops([{ ...row, gops: 2.5 }], { problem: { macs: 300, bytes: 60 }, bandwidth: 2e10 });
    expect(data.at(-2)).toMatchObject({ name: 'loops', mode: 'markers', x: [10], y: [2.5e9] });
    expect(data.at(-1)).toMatchObject({ mode: 'text', x: [10], y: [2.5e9], text: [expect.stringContaining('block')] });
    expect(data[1]?.y?.[0]).toBeCloseTo(2.5e9 / 0.912, -1);
    expect(layout.xaxis).toMatchObject({ title: { text: 'Intensity (OP/byte)' } });
  });

  it('have names apart from each other where they are equally fast', () => {
    const close = [2.5, 2.45, 2.52].map((gops, i) => ({ ...row, name: `loop ${i}`, gops, ofWasm: gops / 64 }));
    const { data } = plot.loops(close, { problem: { macs: 300, bytes: 60 }, bandwidth: 2e10 });
    expect(data.at(-2)?.y).toEqual([2.5e9, 2.45e9, 2.52e9]);
    const [first = 0, second, third = 0] = (data.at(-1)?.y ?? []) as readonly number[];
    expect([second, first > 1.1 * 2.45e9, third > 1.1 * first]).toEqual([2.45e9, true, true]);
  });
});
