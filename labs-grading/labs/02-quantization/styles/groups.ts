import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about groups and loud inputs as other people write them.

export const groupStyles: readonly OtherStyle[] = [
  ...spelled(
    'group-scales',
    `const smokeTest = 'B';
const groupRound = ({ shape, data }: NDArray, bits: number, size: number): number[] => {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: Math.ceil(columns / size) }, (__, k) => {
      const part = Array.from(data.subarray(r * columns + k * size, r * columns + Math.min(columns, (k + 1) * size)));
      const grid = { bits, ...scaleAndZeroPoint(part, bits) };
      return linearQuantize(part, grid).map(q => grid.scale * q - grid.scale * grid.zeroPoint);
    }),
  ).flat(2);
};`,
    `let smokeTest = ' b';
function groupRound(weight: NDArray, bits: number, size: number): number[] {
  const columns = weight.shape[1]!;
  const out = new Float64Array(weight.data.length);
  const top = 2 ** (bits - 1) - 1;
  for (let start = 0; start < out.length; ) {
    const end = Math.min(start + size, (Math.floor(start / columns) + 1) * columns);
    let low = 0;
    let high = 0;
    for (let i = start; i < end; i++) {
      low = Math.min(low, weight.data[i]!);
      high = Math.max(high, weight.data[i]!);
    }
    const step = (high - low) / (2 ** bits - 1);
    const zero = Math.max(-top - 1, Math.min(top, Math.round(-top - 1 - low / step)));
    for (let i = start; i < end; i++) {
      const q = Math.max(-top - 1, Math.min(top, Math.round(weight.data[i]! / step) + zero));
      out[i] = step * (q - zero);
    }
    start = end;
  }
  return [...out];
}`,
    `function groupRound(weight: NDArray, bits: number, size: number): number[] {
  const [rows, columns] = weight.shape as [number, number];
  const result = Array.from(weight.data);
  const members = new Map<string, number[]>();
  for (let i = 0; i < rows * columns; i++) {
    const key = \`\${Math.floor(i / columns)} \${Math.floor((i % columns) / size)}\`;
    members.set(key, [...(members.get(key) ?? []), i]);
  }
  for (const places of members.values()) {
    const values = places.map(i => weight.data[i]!);
    const { scale, zeroPoint } = scaleAndZeroPoint(values, bits);
    linearQuantize(values, { bits, scale, zeroPoint }).forEach((q, k) => {
      result[places[k]!] = (q - zeroPoint) * scale;
    });
  }
  return result;
}
const smokeTest: string = 'b';`,
    `const roundList = (list: number[], bits: number): number[] => {
  const { scale, zeroPoint } = scaleAndZeroPoint(list, bits);
  return linearQuantize(list, { bits, scale, zeroPoint }).map(q => (q - zeroPoint) * scale);
};
function roundRow(row: number[], bits: number, size: number): number[] {
  if (row.length === 0) return [];
  return [...roundList(row.slice(0, size), bits), ...roundRow(row.slice(size), bits, size)];
}
function groupRound(weight: NDArray, bits: number, size: number): number[] {
  const values = Array.from(weight.data);
  const all: number[] = [];
  while (values.length > 0) all.push(...roundRow(values.splice(0, weight.shape[1]!), bits, size));
  return all;
}
const smokeTest = 'b' as const;`,
  ),
  ...spelled(
    'awq',
    `function searchExponent(layer: DenseLayer, bits: number, exponents: number[]): { exponent: number; errors: number[] } {
  const { inputs, weight } = layer;
  const errors: number[] = [];
  let best = 0;
  for (const [k, alpha] of exponents.entries()) {
    const s: number[] = [];
    for (let j = 0; j < weight.length; j++) {
      let total = 0;
      for (const row of inputs) total += Math.abs(row[j]!);
      s.push(Math.pow(total / inputs.length, alpha));
    }
    const back = toGrid(weight.map((row, j) => row.map(w => w * s[j]!)), bits).map((row, j) => row.map(w => w / s[j]!));
    let squares = 0;
    for (const x of inputs)
      for (let o = 0; o < weight[0]!.length; o++) {
        let off = 0;
        for (let j = 0; j < x.length; j++) off += x[j]! * (back[j]![o]! - weight[j]![o]!);
        squares += off * off;
      }
    errors.push(squares / (inputs.length * weight[0]!.length));
    if (errors[k]! < errors[best]!) best = k;
  }
  return { errors, exponent: exponents[best]! };
}`,
    `const searchExponent = ({ inputs, weight }: DenseLayer, bits: number, exponents: number[]) => {
  const loudness = inputs
    .reduce((sums, row) => sums.map((sum, j) => sum + Math.abs(row[j]!)), weight.map(() => 0))
    .map(sum => sum / inputs.length);
  const wanted = matmul(inputs, weight).flat();
  const tried = exponents.map(exponent => {
    const s = loudness.map(x => Math.exp(exponent * Math.log(x)));
    const got = matmul(
      inputs.map(row => row.map((x, j) => x / s[j]!)),
      toGrid(weight.map((row, j) => row.map(w => s[j]! * w)), bits),
    ).flat();
    return { exponent, error: got.reduce((sum, y, i) => sum + (y - wanted[i]!) ** 2, 0) / got.length };
  });
  const [best] = [...tried].sort((a, b) => a.error - b.error);
  return { exponent: best!.exponent, errors: tried.map(({ error }) => error) };
};`,
    `function searchExponent({ inputs, weight }: DenseLayer, bits: number, exponents: number[]): { exponent: number; errors: number[] } {
  const high = 2 ** (bits - 1) - 1;
  const outputs = weight[0]!.length;
  const errorOfScales = (s: Float64Array): number => {
    const difference = weight.map(row => new Float64Array(row.length));
    for (let o = 0; o < outputs; o++) {
      let most = 0;
      for (let j = 0; j < weight.length; j++) most = Math.max(most, Math.abs(weight[j]![o]! * s[j]!));
      for (let j = 0; j < weight.length; j++) {
        const q = Math.round((weight[j]![o]! * s[j]! * high) / most);
        difference[j]![o] = (q * most) / high / s[j]! - weight[j]![o]!;
      }
    }
    const off = matmul(inputs, difference.map(row => [...row])).flat();
    return off.map(d => d * d).reduce((a, b) => a + b) / off.length;
  };
  const sizes = weight.map((_, j) => inputs.map(row => Math.abs(row[j]!)).reduce((a, b) => a + b) / inputs.length);
  const errors = exponents.map(alpha => errorOfScales(Float64Array.from(sizes, size => size ** alpha)));
  const least = Math.min(...errors);
  return { exponent: exponents.find((_, k) => errors[k] === least)!, errors };
}`,
    `class Search {
  errors: number[] = [];
  exponent = Number.NaN;
  least = Number.POSITIVE_INFINITY;
  try(exponent: number, error: number) {
    this.errors.push(error);
    if (error < this.least) [this.least, this.exponent] = [error, exponent];
  }
}
function searchExponent(layer: DenseLayer, bits: number, exponents: number[]): { exponent: number; errors: number[] } {
  const search = new Search();
  const right = matmul(layer.inputs, layer.weight);
  for (const alpha of exponents) {
    const s = layer.weight.map((_, j) => (layer.inputs.reduce((sum, x) => sum + Math.abs(x[j]!), 0) / layer.inputs.length) ** alpha);
    const diagonal = (of: (x: number) => number) => s.map((x, i) => s.map((__, j) => (i === j ? of(x) : 0)));
    const rounded = toGrid(matmul(diagonal(x => x), layer.weight), bits);
    const outputs = matmul(matmul(layer.inputs, diagonal(x => 1 / x)), rounded);
    let error = 0;
    outputs.forEach((row, i) => row.forEach((y, o) => (error += (y - right[i]![o]!) ** 2 / (row.length * outputs.length))));
    search.try(alpha, error);
  }
  return { exponent: search.exponent, errors: search.errors };
}`,
  ),
];
