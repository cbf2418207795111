import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native, nativeRungs } from '../../../lib/tensor/native.ts';
import { normal, random } from '../../../lib/tensor/random.ts';

const shape = { m: 7, k: 33, n: 19 };
const normals = (seed: number, length: number): Float32Array => normal(random(seed), [length]).data as Float32Array;
const [a, b] = [normals(1, 7 * 33), normals(2, 33 * 19)];
const available = nativeRungs()
  .matmul.filter(rung => rung.available)
  .map(({ name }) => name);

describe('native.matmul', () => {
  it('runs the last available rung by default', () => {
    expect(native.matmul(a, b, shape)).toEqual(native.matmul(a, b, { ...shape, rung: available.at(-1) }));
    expect(available).toEqual(expect.arrayContaining(['typescript', 'reference', 'interchange']));
  });

  it('interchange keeps the order of every sum: the reference to the last bit', () => {
    expect(native.matmul(a, b, { ...shape, rung: 'interchange' })).toEqual(native.matmul(a, b, { ...shape, rung: 'reference' }));
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'has the rungs that the kernel of the system says the processor has',
    () => {
      const flags = new Set(/^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
      expect(flags.has('sse2')).toBe(true);
      expect(available.includes('avx2')).toBe(flags.has('avx2') && flags.has('fma'));
    },
  );

  it.runIf(available.includes('avx512-packed'))('packing changes no bit, nor does the number of threads', () => {
    // several blocks of rows, of columns and of k, a large first factor, rows that lie pages apart, each factor as its transpose
    const sizes = [
      { m: 4100, k: 1030, n: 270 },
      { m: 130, k: 1024, n: 260, transposeB: true },
      { m: 110, k: 570, n: 525, transposeB: true },
      { m: 540, k: 513, n: 271, transposeA: true },
      { m: 101, k: 70, n: 33, transposeA: true, transposeB: true },
      { m: 210, k: 600, n: 270, transposeA: true, transposeB: true },
    ];
    for (const size of sizes) {
      const [x, y] = [normals(3, size.m * size.k), normals(4, size.k * size.n)];
      const expected = native.matmul(x, y, { ...size, rung: 'avx512' });
      for (const threads of [1, 2, 3]) {
        const got = native.matmul(x, y, { ...size, threads, rung: 'avx512-packed' });
        expect(Buffer.from(got.buffer).equals(Buffer.from(expected.buffer)), JSON.stringify({ ...size, threads })).toBe(true);
      }
    }
  });

  it('says what does not fit', () => {
    const refused = (code: string, call: () => unknown): void =>
      expect(call, code).toThrow(expect.objectContaining({ name: 'LabError', code }));
    refused('native/size', () => native.matmul(a, b, { ...shape, m: -1 }));
    refused('native/size', () => native.matmul(a, b, { ...shape, k: 2.5 }));
    refused('native/length', () => native.matmul(a.subarray(1), b, shape));
    refused('native/length', () => native.matmul(a, b, { ...shape, out: new Float32Array(3) }));
    refused('native/dtype', () => native.matmul(new Float64Array(a) as never, b, shape));
    refused('native/overlap', () => native.matmul(a, b, { ...shape, out: a.subarray(0, 133) }));
    for (const threads of [0, 65, 1.5, Number.NaN]) refused('native/threads', () => native.matmul(a, b, { ...shape, threads }));
    refused('native/rung', () => native.matmul(a, b, { ...shape, rung: 'sse9' }));
  });
});

/** What a copy of the door computes in a folder of its own, where the built module is missing or spoiled. */
function elsewhere(spoil: (folder: string) => void): { rungs: unknown; product: number[]; refused: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-native-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lib = join(import.meta.dirname, '../../../lib/tensor');
  for (const file of ['native.ts', 'matmul.ts', 'errors.ts']) cpSync(join(lib, file), join(folder, file));
  spoil(folder);
  const program = `
    const { native, nativeRungs } = await import('./native.ts');
    const [x, y, shape] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), { m: 2, k: 2, n: 2 }];
    let refused;
    try { native.matmul(x, y, { ...shape, rung: 'reference' }); } catch (error) { refused = error.code; }
    console.log(JSON.stringify({ rungs: nativeRungs(), product: [...native.matmul(x, y, shape)], refused }));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' }));
}

const inTypeScript = { rungs: { matmul: [{ name: 'typescript', available: true }] }, product: [19, 22, 43, 50], refused: 'native/rung' };

it('computes in TypeScript where nothing is built', () => {
  expect(elsewhere(() => undefined)).toEqual(inTypeScript);
});

it('computes in TypeScript where what is built does not load', () => {
  const spoiled = elsewhere(folder => {
    const place = join(folder, 'node_modules/@tinylab/compute');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{ "main": "compute.node" }');
    writeFileSync(join(place, 'compute.node'), 'not a library');
  });
  expect(spoiled).toEqual(inTypeScript);
});
