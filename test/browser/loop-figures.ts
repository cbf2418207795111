import { deploy, displaySymbol, loops, loopTable, mobileNetV2, network, plot } from 'tinylab';

// Pictures of loops and of memory as students see them, with what the library counts and plans itself; and the same with as little, and as much, as there may be.

/** What a notebook shows of a value. */
export type Shown = Readonly<Record<string, unknown>>;

const tiled = (t: number): string => `
export function matmul(a: F32s, b: F32s, c: F32s, m: i32, n: i32, k: i32): void {
  for (let i = 0; i < m * n; i++) c[i] = 0;
  for (let i0 = 0; i0 < m; i0 += ${t})
    for (let p0 = 0; p0 < k; p0 += ${t})
      for (let j0 = 0; j0 < n; j0 += ${t})
        for (let i = i0; i < min(i0 + ${t}, m); i++)
          for (let p = p0; p < min(p0 + ${t}, k); p++)
            for (let j = j0; j < min(j0 + ${t}, n); j++) c[i * n + j] += a[i * k + p] * b[p * n + j];
}`;

async function counted(tile: number, side: number, trace = false): Promise<loops.LoopCounts> {
  const loop = await loops.compile(tiled(tile));
  return loops.count(loop, loops.problems.matmul({ m: side, n: side, k: side }).call(1), { trace });
}

const row = (name: string, [minMs, gops, ratio]: readonly [number, number, number]): loops.MeasuredLoop => {
  const shares = { ofWasm: gops / 62.4, ofNative: gops / 251 };
  return { name, minMs, medianMs: 1.03 * minMs, spreadMs: 0.02 * minMs, calls: 40, gops, ratio, ...shares };
};
/** What a machine measured for products of 192 × 192 matrices. */
const rows = [
  row('naive', [8.31, 1.7, 1]),
  row('reordered', [6.44, 2.2, 1.29]),
  row('unrolled', [6.15, 2.3, 1.35]),
  row('tiled', [6.02, 2.35, 1.38]),
  row('vectors', [1.21, 11.7, 6.87]),
  row('block of 4 × 16 sums, B packed', [0.243, 58.2, 34.2]),
];
const square = loops.problems.matmul({ m: 192, n: 192, k: 192 });

const mobile = deploy.fuseProgram(deploy.outlineProgram(mobileNetV2({ input: [96, 96, 3], classes: 2, width: 0.35 })));
const patched = deploy.patchProgram(mobile, { steps: 6, rows: 2, columns: 2 });
const dense = deploy.outlineProgram(network('one', [8]).dense(4).graph());

/** The figures by name. */
export async function loopFigures(): Promise<ReadonlyMap<string, Shown>> {
  const tiles = Object.fromEntries(await Promise.all([4, 8, 16, 32, 64].map(async t => [t, await counted(t, 64)] as const)));
  const { 4: four, 16: sixteen, 64: whole } = tiles as Readonly<Record<string, loops.LoopCounts>>;
  const both = { 'no tiles': whole, 'tiles of 4 × 4': four, 'tiles of 16 × 16': sixteen } as Readonly<Record<string, loops.LoopCounts>>;
  const one = { loads: 9, stores: 1, misses: [3] };
  const halos = (n: number) => deploy.patchHalos(mobile, { steps: 6, rows: n, columns: n });
  const drawn = {
    trace: plot.trace(await counted(4, 16, true), { title: 'A product in tiles of 4 × 4' }),
    'trace-start': plot.trace(await counted(4, 16, true), { title: 'Its first 40 accesses', accesses: 40 }),
    'trace-one': plot.trace(await counted(4, 1, true), { title: 'Matrices of one number', accesses: 1 }),
    misses: plot.misses(whole as loops.LoopCounts, { title: 'Misses without tiles' }),
    'misses-by-tile': plot.misses(both, { title: 'Misses by array' }),
    hits: plot.hits(tiles, { title: 'What a cache of 8 KB serves' }),
    'hits-one': plot.hits({ 16: one }, { title: 'One tile' }),
    loops: plot.loops(rows, { problem: square, bandwidth: 2e10, title: 'Products of 192 × 192 matrices' }),
    'loops-one': plot.loops(rows.slice(0, 1), { problem: square, bandwidth: 2e10 }),
    'loop-table': loopTable(rows, { caption: 'Products of 192 × 192 matrices' }),
    memory: plot.memory(mobile, deploy.planMemory(mobile), { title: 'MobileNetV2, layer by layer', limit: 262_144 }),
    'memory-patches': plot.memory(patched, deploy.planMemory(patched), { title: 'With its first layers in 2 × 2 patches', limit: 262_144 }),
    'memory-one': plot.memory(dense, deploy.planMemory(dense), { title: 'One layer' }),
    patches: plot.patches(halos(2), { title: 'What 2 × 2 patches read' }),
    'patches-many': plot.patches(halos(4), { title: 'What 4 × 4 patches read' }),
    'patches-one': plot.patches(halos(1), { title: 'One patch' }),
  };
  return new Map(Object.entries(drawn).map(([name, value]) => [name, (value as unknown as Display)[displaySymbol]()]));
}

interface Display {
  readonly [displaySymbol]: () => Shown;
}
