/** Windows of `size` that move by `stride` over [h, w] with a border on every side; the gradient goes to the first largest value. */
export interface PoolCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly size: number;
  readonly stride: number;
  readonly border: number;
}

export const pooled = (n: number, { size, stride, border }: PoolCase): number => Math.floor((n + 2 * border - size) / stride) + 1;

export function maxPool(x: ArrayLike<number>, dy: ArrayLike<number>, c: PoolCase): { y: Float64Array; dx: Float64Array } {
  const [rows, columns] = [pooled(c.height, c), pooled(c.width, c)];
  const y = new Float64Array(c.batch * rows * columns * c.channels);
  const dx = new Float64Array(x.length);
  for (let o = 0; o < y.length; o++) {
    const channel = o % c.channels;
    const j = Math.floor(o / c.channels) % columns;
    const i = Math.floor(o / (c.channels * columns)) % rows;
    const b = Math.floor(o / (c.channels * columns * rows));
    let best = -1;
    for (let u = 0; u < c.size; u++)
      for (let v = 0; v < c.size; v++) {
        const [row, column] = [i * c.stride + u - c.border, j * c.stride + v - c.border];
        if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
        const at = ((b * c.height + row) * c.width + column) * c.channels + channel;
        if (best < 0 || (x[at] as number) > (x[best] as number)) best = at;
      }
    y[o] = x[best] as number;
    dx[best] = (dx[best] as number) + (dy[o] as number);
  }
  return { y, dx };
}
