import { describe, expect, it } from 'vitest';
import { compile } from '../../../lib/loops/compile/compile.ts';
import { count } from '../../../lib/loops/count/count.ts';
import type { LoopArray, LoopCall } from '../../../lib/loops/loop.ts';
import { run } from '../../../lib/loops/run/run.ts';
import { matmulMisses } from '../../../lib/measure/cache.ts';

const array = (name: string, data: LoopArray['data'], use: LoopArray['use'] = 'in'): LoopArray => ({ name, data, use });
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 7) - 3);
const square = (n: number): LoopCall => ({
  args: [array('a', ramp(n * n)), array('b', ramp(n * n)), array('c', new Float32Array(n * n), 'inout'), n],
});

// The product stands first, so that the order of accesses is A, B, C, C: the compiler keeps the order of what is added.
const step = 'c[i * n + j] = a[i * n + k] * b[k * n + j] + c[i * n + j];';
const nested = (order: string): string => {
  const [p, q, r] = order;
  const walk = (name = ''): string => `for (let ${name} = 0; ${name} < n; ${name}++)`;
  return `export function matmul(a: F32s, b: F32s, c: F32s, n: i32): void { ${walk(p)} ${walk(q)} ${walk(r)} { ${step} } }`;
};
const tiled = `export function matmul(a: F32s, b: F32s, c: F32s, n: i32): void {
  for (let i0 = 0; i0 < n; i0 += 16) for (let k0 = 0; k0 < n; k0 += 16) for (let j0 = 0; j0 < n; j0 += 16)
    for (let i = i0; i < i0 + 16; i++) for (let k = k0; k < k0 + 16; k++) for (let j = j0; j < j0 + 16; j++) { ${step} }
}`;

describe('count', () => {
  it.each([
    ['ijk', nested('ijk'), 267_400],
    ['ikj', nested('ikj'), 33_792],
    ['tiles of 16', tiled, 5196],
  ])('%s misses a small cache as often as the lecture says', async (_, source, misses) => {
    const counts = await count(await compile(source), square(64));
    expect(counts.misses).toEqual([misses]);
    expect(counts.loads).toBe(3 * 64 ** 3);
    expect(counts.stores).toBe(64 ** 3);
    expect(counts.multiplies).toBe(64 ** 3);
    expect([counts.bytesRead, counts.bytesWritten]).toEqual([12 * 64 ** 3, 4 * 64 ** 3]);
  });

  it('follows any order of loops as the simulator of matrix products does', async () => {
    for (const order of ['jik', 'jki', 'kij', 'kji'] as const)
      expect((await count(await compile(nested(order)), square(32))).misses, order).toEqual([matmulMisses(32, { order })]);
  });

  it('counts tests of loops: a quarter of them when four steps are written out', async () => {
    const plain = await count(await compile('export function f(a: F32s, n: i32): void { for (let i = 0; i < n; i++) a[i] += 1; }'), {
      args: [array('a', ramp(64), 'inout'), 64],
    });
    const unrolled = await count(
      await compile(
        'export function f(a: F32s, n: i32): void { for (let i = 0; i < n; i += 4) { a[i] += 1; a[i + 1] += 1; a[i + 2] += 1; a[i + 3] += 1; } }',
      ),
      { args: [array('a', ramp(64), 'inout'), 64] },
    );
    expect([plain.branches, unrolled.branches]).toEqual([65, 17]);
    expect(unrolled.instructions).toBeLessThan(plain.instructions);
    expect(unrolled.outputs).toEqual(plain.outputs);
  });

  it('counts lanes, bytes and lines of vectors', async () => {
    const source = `export function f(a: F32s, b: I16s, c: F32s, d: I32s, n: i32): void {
      for (let i = 0; i < n; i += 4) c.setVector(i, f32x4.mul(a.vector(i), a.vector(i)));
      d.setVector(0, i32x4.dot_i16x8_s(b.vector(0), b.vector(0)));
      d[4] = v128.extract_lane<i32>(v128.load32_zero(changetype<usize>(d)), 0);
    }`;
    const call: LoopCall = {
      args: [
        array('a', ramp(16)),
        array('b', Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
        array('c', new Float32Array(16), 'out'),
        array('d', new Int32Array(5), 'out'),
        16,
      ],
    };
    const counts = await count(await compile(source), call, { caches: [{ bytes: 1024, lineBytes: 32, ways: 4 }] });
    expect(counts.multiplies).toBe(16 + 8);
    expect(counts.byArray.c).toEqual({ loads: 0, stores: 4, bytesRead: 0, bytesWritten: 64, misses: [3] });
    expect(counts.outputs.d).toEqual(Int32Array.of(5, 25, 61, 113, 5));
  });

  it('asks the second level for what the first one lacks', async () => {
    const caches = [
      { bytes: 1024, lineBytes: 32, ways: 4 },
      { bytes: 8192, lineBytes: 32, ways: 4 },
    ];
    const { misses } = await count(await compile(nested('ijk')), square(32), { caches });
    expect(misses[1]).toBeLessThan(misses[0] as number);
    expect(misses[1]).toBeGreaterThanOrEqual((3 * 32 * 32 * 4) / 32);
  });

  it('keeps the accesses in their order', async () => {
    const loop = await compile('export function f(a: F32s, c: F32s): void { c[1] = a[2] * a[0]; }');
    const { trace } = await count(loop, { args: [array('a', ramp(3)), array('c', new Float32Array(2), 'out')] }, { trace: true });
    expect(trace).toEqual({
      arrays: ['a', 'c'],
      array: Uint8Array.of(0, 0, 1),
      address: Uint32Array.of(8, 0, 4),
      write: Uint8Array.of(0, 0, 1),
      // a and c lie in one line of 32 bytes
      missed: Uint8Array.of(1, 0, 0),
    });
  });

  it('computes what the loop computes, and counts copies of whole ranges', async () => {
    const source = `let calls: i32 = 0;
      function twice(x: f32): f32 { calls++; return x * 2; }
      export function f(a: F32s, c: F32s, d: F32s, n: i32): i32 {
        memory.copy(changetype<usize>(d), changetype<usize>(a), n << 2);
        memory.fill(changetype<usize>(c), 0, n << 2);
        for (let i = 0; i < n; i++) { if (a[i] < 0) continue; c[i] = i % 3 == 0 ? twice(a[i]) : Mathf.abs(a[i]); }
        store<i64>(changetype<usize>(c), 4607182418800017408); store<f64>(changetype<usize>(c) + 8, 0.5); store<u16>(changetype<usize>(c) + 16, 65535);
        return calls;
      }`;
    const call: LoopCall = {
      args: [array('a', ramp(20)), array('c', new Float32Array(20), 'out'), array('d', new Float32Array(20), 'out'), 20],
    };
    const loop = await compile(source);
    const [plain, counts] = [await run(loop, call), await count(loop, call)];
    expect(counts.outputs).toEqual(plain.outputs);
    expect(counts.byArray.d).toMatchObject({ stores: 5, bytesWritten: 80, loads: 0 });
  });

  it('names what goes wrong as running does', async () => {
    const loop = await compile('export function f(c: F32s, n: i32): void { for (let i = 0; i <= n; i++) c[i] = 0; }');
    await expect(count(loop, { args: [array('c', new Float32Array(4), 'out'), 4] })).rejects.toMatchObject({ code: 'loops/out-of-bounds' });
  });
});
