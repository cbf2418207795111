import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// Right answers about the matrix of patches as other people write them.

export const im2colStyles: readonly OtherStyle[] = spelled(
  'im2col',
  `const outputs = (n: number, w: Window) => Math.floor((n + 2 * w.padding - w.kernel) / w.stride) + 1;
function sourceOf({ row, column }: Entry, [H, W, C]: number[], w: Window): number {
  const oy = Math.floor(row / outputs(W!, w));
  const ox = row - oy * outputs(W!, w);
  const ky = Math.floor(column / (w.kernel * C!));
  const kx = Math.floor((column % (w.kernel * C!)) / C!);
  const y = oy * w.stride + ky - w.padding;
  const x = ox * w.stride + kx - w.padding;
  return y < 0 || x < 0 || y >= H! || x >= W! ? -1 : y * W! * C! + x * C! + (column % C!);
}
function im2col(x: NDArray, w: Window): number[][] {
  const rows = outputs(x.shape[0]!, w) * outputs(x.shape[1]!, w);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: w.kernel ** 2 * x.shape[2]! }, (_, column) => {
      const at = sourceOf({ row, column }, [...x.shape], w);
      return at === -1 ? w.zeroPoint : x.data[at]!;
    }),
  );
}
const wholeBytes = 165_888;
const pairBytes = 1152;`,
  `function im2col(x: NDArray, { kernel, stride, padding, zeroPoint }: Window): number[][] {
  const [h, w, c] = x.shape as [number, number, number];
  const [H, W] = [h + 2 * padding, w + 2 * padding];
  const big = new Array<number>(H * W * c).fill(zeroPoint);
  for (let i = 0; i < h; i++) for (let j = 0; j < w * c; j++) big[((i + padding) * W + padding) * c + j] = x.data[i * w * c + j]!;
  const rows: number[][] = [];
  for (let i = 0; i + kernel <= H; i += stride)
    for (let j = 0; j + kernel <= W; j += stride) {
      const lines = Array.from({ length: kernel }, (_, k) => big.slice(((i + k) * W + j) * c, ((i + k) * W + j + kernel) * c));
      rows.push(lines.flat());
    }
  return rows;
}
function sourceOf({ row, column }: Entry, shape: number[], { kernel, stride, padding }: Window): number {
  const [h, w, c] = shape as [number, number, number];
  let place = -1;
  let at = 0;
  for (let i = -padding; i + kernel <= h + padding; i += stride)
    for (let j = -padding; j + kernel <= w + padding; j += stride) {
      if (at === row) {
        const y = i + Math.floor(column / c / kernel);
        const x = j + (Math.floor(column / c) % kernel);
        if (y >= 0 && y < h && x >= 0 && x < w) place = (y * w + x) * c + (column % c);
      }
      at++;
    }
  return place;
}
const wholeBytes = 24 ** 2 * 9 * 32;
const pairBytes = 4 * 288;`,
  `const im2col = (x: NDArray, window: Window): number[][] => {
  const { kernel: k, stride: s, padding: p, zeroPoint } = window;
  const [h, w, c] = x.shape as [number, number, number];
  const value = (i: number, j: number, d: number) => (i < 0 || j < 0 || i >= h || j >= w ? zeroPoint : x.data[i * w * c + j * c + d]!);
  const tops = [...Array(Math.floor((h + 2 * p - k) / s) + 1).keys()].map(i => i * s - p);
  const lefts = [...Array(Math.floor((w + 2 * p - k) / s) + 1).keys()].map(j => j * s - p);
  const within = [...Array(k).keys()];
  const channels = [...Array(c).keys()];
  return tops.flatMap(t => lefts.map(l => within.flatMap(i => within.flatMap(j => channels.map(d => value(t + i, l + j, d))))));
};
const sourceOf = ({ row, column }: Entry, shape: number[], window: Window): number => {
  const index = { shape, data: Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i) } as unknown as NDArray;
  return im2col(index, { ...window, zeroPoint: -1 })[row]![column]!;
};
const [wholeBytes, pairBytes] = [576 * 288, 1152];`,
  `function sourceOf({ row, column }: Entry, shape: number[], window: Window): number {
  const [height, width, channels] = shape as [number, number, number];
  const { kernel: k, stride, padding } = window;
  const across = 1 + Math.trunc((width - k + 2 * padding) / stride);
  const [c, kx, ky] = [column % channels, Math.trunc(column / channels) % k, Math.trunc(column / channels / k)];
  const y = Math.trunc(row / across) * stride - padding + ky;
  const x = (row % across) * stride - padding + kx;
  const inside = y >= 0 && y < height && x >= 0 && x < width;
  return inside ? c + channels * (x + width * y) : -1;
}
function im2col(image: NDArray, window: Window): number[][] {
  const [height, width, channels] = image.shape as [number, number, number];
  const side = (n: number) => 1 + Math.trunc((n - window.kernel + 2 * window.padding) / window.stride);
  const matrix: number[][] = [];
  for (let row = 0; row < side(height) * side(width); row++) {
    matrix.push([]);
    for (let column = 0; column < window.kernel * window.kernel * channels; column++) {
      const from = sourceOf({ row, column }, [height, width, channels], window);
      matrix[row]!.push(from < 0 ? window.zeroPoint : image.data[from]!);
    }
  }
  return matrix;
}
let wholeBytes = 24 * 24 * 9 * 32;
let pairBytes = 2 * 2 * 9 * 32;`,
);
