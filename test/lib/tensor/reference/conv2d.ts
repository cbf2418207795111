/** Sizes of a convolution, and zeros around the image: [top, bottom, left, right]. */
export interface ConvCase {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly groups: number;
  readonly borders: readonly [number, number, number, number];
}

/** Positions of the window along one axis. */
export function outputs(size: number, { kernel, stride, dilation }: { kernel: number; stride: number; dilation: number }): number {
  return Math.floor((size - (kernel - 1) * dilation - 1) / stride) + 1;
}

export function outputSize(c: ConvCase): readonly [number, number] {
  const [top, bottom, left, right] = c.borders;
  return [
    outputs(c.height + top + bottom, { kernel: c.kernel[0], stride: c.strides[0], dilation: c.dilations[0] }),
    outputs(c.width + left + right, { kernel: c.kernel[1], stride: c.strides[1], dilation: c.dilations[1] }),
  ];
}

/** One multiplication of a convolution: places in x, in the kernel and in y. */
type Visit = (x: number, kernel: number, y: number) => void;

/** Walks through every multiplication, in the order of the textbook's loops. */
export function eachProduct(c: ConvCase, visit: Visit): void {
  const [outHeight, outWidth] = outputSize(c);
  const depth = c.channels / c.groups;
  for (let b = 0; b < c.batch; b++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++)
        for (let f = 0; f < c.filters; f++)
          for (let u = 0; u < c.kernel[0]; u++)
            for (let v = 0; v < c.kernel[1]; v++)
              for (let d = 0; d < depth; d++) {
                const row = i * c.strides[0] + u * c.dilations[0] - c.borders[0];
                const column = j * c.strides[1] + v * c.dilations[1] - c.borders[2];
                if (row < 0 || row >= c.height || column < 0 || column >= c.width) continue;
                const channel = Math.floor(f / (c.filters / c.groups)) * depth + d;
                visit(
                  ((b * c.height + row) * c.width + column) * c.channels + channel,
                  ((u * c.kernel[1] + v) * depth + d) * c.filters + f,
                  ((b * outHeight + i) * outWidth + j) * c.filters + f,
                );
              }
}

/** y, and the gradients of Σ dy · y, by the loops above. Sums in double precision. */
export function convolution(c: ConvCase, values: { x: ArrayLike<number>; kernel: ArrayLike<number>; dy: ArrayLike<number> }) {
  const y = new Float64Array(values.dy.length);
  const dx = new Float64Array(values.x.length);
  const dKernel = new Float64Array(values.kernel.length);
  const at = (a: ArrayLike<number>, i: number): number => a[i] as number;
  eachProduct(c, (i, k, o) => {
    y[o] = at(y, o) + at(values.x, i) * at(values.kernel, k);
    dx[i] = at(dx, i) + at(values.dy, o) * at(values.kernel, k);
    dKernel[k] = at(dKernel, k) + at(values.dy, o) * at(values.x, i);
  });
  return { y, dx, dKernel };
}
