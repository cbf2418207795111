/** A window over images [n, h, w, c], with a border on each side. */
export interface Pool {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly sides: readonly [top: number, bottom: number, left: number, right: number];
}

/** The values of each window that lie inside the image, in reading order, by output position. */
export function windowsOf(shape: readonly number[], data: ArrayLike<number>, pool: Pool): { shape: number[]; places: number[][] } {
  const [n, h, w, c] = shape as [number, number, number, number];
  const [top, bottom, left, right] = pool.sides;
  const rows = Math.floor((h + top + bottom - pool.kernel[0]) / pool.strides[0]) + 1;
  const columns = Math.floor((w + left + right - pool.kernel[1]) / pool.strides[1]) + 1;
  const places: number[][] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let k = 0; k < c; k++) {
          const inside: number[] = [];
          for (let u = 0; u < pool.kernel[0]; u++)
            for (let v = 0; v < pool.kernel[1]; v++) {
              const [y, x] = [i * pool.strides[0] + u - top, j * pool.strides[1] + v - left];
              if (y >= 0 && y < h && x >= 0 && x < w) inside.push(((b * h + y) * w + x) * c + k);
            }
          places.push(inside);
        }
  if (places.flat().some(at => at >= data.length)) throw new Error('the data do not fill the shape');
  return { shape: [n, rows, columns, c], places };
}

/** As PyTorch: NaN wins, and nothing is -Infinity. */
export const maxOf = (values: readonly number[]): number =>
  values.some(Number.isNaN) ? Number.NaN : values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

/** Mean of what lies inside of the image; NaN of nothing. */
export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
