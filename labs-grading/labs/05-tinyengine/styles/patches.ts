import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about patches as other people write them.

export const patchStyles: readonly OtherStyle[] = [
  ...spelled(
    'patches',
    `function rowsNeeded(rows: Rows, layers: Layer[]): Rows {
  if (layers.length === 0) return rows;
  const { kernel, stride, padding, size } = layers[layers.length - 1]!;
  const begin = Math.max(rows[0] * stride - padding, 0);
  const end = Math.min(rows[1] * stride - padding + kernel, size) - 1;
  return rowsNeeded([begin, end], layers.slice(0, -1));
}
function overhead(layers: Layer[], patches: number): number {
  const cost = (l: Layer) => l.kernel * l.kernel * l.inputs * l.outputs;
  const n = outputSize(layers[layers.length - 1]!);
  let cut = 0;
  for (let i = 0; i < patches; i++)
    for (let j = 0; j < patches; j++)
      layers.forEach((layer, k) => {
        const behind = layers.slice(k + 1);
        cut += cost(layer) * length(rowsNeeded(part(i, n, patches), behind)) * length(rowsNeeded(part(j, n, patches), behind));
      });
  return cut / layers.reduce((sum, l) => sum + cost(l) * outputSize(l) ** 2, 0);
}`,
    `const rowsNeeded = (rows: Rows, layers: Layer[]): Rows =>
  layers.reduceRight<Rows>(
    ([a, b], l) => [Math.max(0, a * l.stride - l.padding), Math.min(l.size - 1, b * l.stride + l.kernel - 1 - l.padding)],
    rows,
  );
const overhead = (layers: Layer[], patches: number): number => {
  const n = outputSize(layers.at(-1)!);
  const places = (at: number) =>
    Array.from({ length: patches }, (_, i) => length(rowsNeeded(part(i, n, patches), layers.slice(at)))).reduce((a, b) => a + b) ** 2;
  const macs = layers.map(l => l.kernel ** 2 * l.inputs * l.outputs);
  const cut = macs.reduce((sum, m, i) => sum + m * places(i + 1), 0);
  const whole = macs.reduce((sum, m, i) => sum + m * outputSize(layers[i]!) ** 2, 0);
  return cut / whole;
};`,
    `// marks the rows that are read
function rowsNeeded(rows: Rows, layers: Layer[]): Rows {
  let wanted = new Set<number>();
  for (let r = rows[0]; r <= rows[1]; r++) wanted.add(r);
  for (let at = layers.length - 1; at >= 0; at--) {
    const { kernel, stride, padding, size } = layers[at]!;
    const read = new Set<number>();
    for (const r of wanted)
      for (let k = 0; k < kernel; k++) {
        const row = r * stride - padding + k;
        if (row >= 0 && row < size) read.add(row);
      }
    wanted = new Set(Array.from({ length: Math.max(...read) - Math.min(...read) + 1 }, (_, i) => i + Math.min(...read)));
  }
  return [Math.min(...wanted), Math.max(...wanted)];
}
function overhead(layers: Layer[], patches: number): number {
  let [a, b] = [0, 0];
  for (let at = 0; at < layers.length; at++) {
    const layer = layers[at]!;
    const rows = Array.from({ length: patches }, (_, i) => rowsNeeded(part(i, outputSize(layers.at(-1)!), patches), layers.slice(at + 1)));
    const side = rows.map(length).reduce((x, y) => x + y, 0);
    a += layer.kernel ** 2 * layer.inputs * layer.outputs * side ** 2;
    b += layer.kernel ** 2 * layer.inputs * layer.outputs * outputSize(layer) ** 2;
  }
  return a / b;
}`,
    `function rowsNeeded([first, last]: Rows, layers: Layer[]): Rows {
  let [top, count] = [first, last - first + 1];
  for (let at = layers.length; at-- > 0; ) {
    const layer = layers[at]!;
    const start = top * layer.stride - layer.padding;
    const stop = start + (count - 1) * layer.stride + layer.kernel;
    top = start < 0 ? 0 : start;
    count = (stop > layer.size ? layer.size : stop) - top;
  }
  return [top, top + count - 1];
}
function overhead(layers: Layer[], patches: number): number {
  const sizes = layers.map(outputSize);
  const costs = layers.map((l, i) => [l.kernel ** 2 * l.inputs * l.outputs, sizes[i]!] as const);
  const whole = costs.map(([c, n]) => c * n * n).reduce((a, b) => a + b);
  const ranges = [...Array(patches).keys()].map(i => part(i, sizes.at(-1)!, patches));
  const cut = costs.map(([c], i) => c * ranges.reduce((s, r) => s + length(rowsNeeded(r, layers.slice(i + 1))), 0) ** 2).reduce((a, b) => a + b);
  return cut / whole;
}`,
  ),
  ...spelled(
    'where-to-split',
    `const [splitAfter, patches] = [3, 3];`,
    `let splitAfter = 0;
let patches = 0;
let least = Infinity;
for (let n = 1; n <= six.length; n++)
  for (let p = 1; p <= 6; p++) {
    if (patchPeak(six, n, p) > 36_000) continue;
    const stage = six.slice(0, n);
    const macs = stage.map(l => l.kernel ** 2 * l.inputs * l.outputs * outputSize(l) ** 2).reduce((a, b) => a + b);
    const more = macs * overhead(stage, p) - macs;
    if (more < least) [least, splitAfter, patches] = [more, n, p];
  }`,
    `const tried = six.flatMap((_, i) => [1, 2, 3, 4, 5, 6].map(parts => ({ layers: i + 1, parts })));
const fits = tried.filter(({ layers, parts }) => patchPeak(six, layers, parts) <= 36000);
const best = fits.sort((a, b) => overhead(six.slice(0, a.layers), a.parts) - overhead(six.slice(0, b.layers), b.parts))[0]!;
const splitAfter = best.layers;
const patches = best.parts;`,
    `const splitAfter = 3;
const patches = [2, 3, 4, 5, 6].find(n => patchPeak(six, splitAfter, n) <= 36_000)!;`,
  ),
];
