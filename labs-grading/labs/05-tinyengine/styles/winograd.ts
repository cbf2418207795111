import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about Winograd's convolution as other people write them.

export const winogradStyles: readonly OtherStyle[] = spelled(
  'winograd',
  `const sandwich = (left: number[][], m: number[][]) => product(left, product(m, transpose(left)));
const transformFilter = (g: number[][]) => sandwich(G, g);
const convolveTile = (d: number[][], u: number[][]) => {
  const v = sandwich(Bt, d);
  return sandwich(At, u.map((row, i) => row.map((one, j) => one * v[i]![j]!)));
};
const products = ({ rows, columns, inputs, outputs }: Outputs) =>
  16 * ((rows + 1) >> 1) * ((columns + 1) >> 1) * inputs * outputs;`,
  `function transformFilter(g: number[][]): number[][] {
  const rows = g.map(([a, b, c]) => [a!, (a! + b! + c!) / 2, (a! - b! + c!) / 2, c!]);
  return transpose(transpose(rows).map(([a, b, c]) => [a!, (a! + b! + c!) / 2, (a! - b! + c!) / 2, c!]));
}
function convolveTile(d: number[][], u: number[][]): number[][] {
  const along = (m: number[][]) => m.map(([a, b, c, e]) => [a! - c!, b! + c!, c! - b!, b! - e!]);
  const v = transpose(along(transpose(along(d))));
  const m = v.map((row, i) => row.map((one, j) => one * u[i]![j]!));
  const out = (rows: number[][]) => rows.map(([a, b, c, e]) => [a! + b! + c!, b! - c! - e!]);
  return transpose(out(transpose(out(m))));
}
function products({ rows, columns, inputs, outputs }: Outputs): number {
  let total = 0;
  for (let r = 0; r < rows; r += 2) for (let c = 0; c < columns; c += 2) total += 16;
  return total * inputs * outputs;
}`,
  `function both(left: number[][], m: number[][]): number[][] {
  const out: number[][] = [];
  for (const row of left) {
    const line: number[] = [];
    for (const other of left) {
      let sum = 0;
      for (let i = 0; i < row.length; i++) for (let j = 0; j < other.length; j++) sum += row[i]! * m[i]![j]! * other[j]!;
      line.push(sum);
    }
    out.push(line);
  }
  return out;
}
function transformFilter(g: number[][]) {
  return both(G, g);
}
function convolveTile(d: number[][], u: number[][]) {
  const m = both(Bt, d);
  for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) m[i]![j]! *= u[i]![j]!;
  return both(At, m);
}
function products({ rows, columns, inputs, outputs }: Outputs) {
  const tiles = Math.floor((rows + 1) / 2) * Math.floor((columns + 1) / 2);
  return tiles * inputs * outputs * 16;
}`,
  `function transformFilter(g: number[][]): number[][] {
  return transpose(product(G, transpose(product(G, g))));
}
function convolveTile(d: number[][], u: number[][]): number[][] {
  const B = transpose(Bt);
  const A = transpose(At);
  const v = product(Bt, product(d, B));
  return product(product(At, [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => u[i]![j]! * v[i]![j]!))), A);
}
function products({ rows, columns, inputs, outputs }: Outputs): number {
  return [rows, columns].map(n => n + (n % 2)).reduce((a, b) => a * b) * 4 * inputs * outputs;
}`,
);
