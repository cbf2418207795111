import { sizeOf } from '../../../lib/tensor/shape.ts';

/** Row-major float64 values: what the obvious loops below compute with. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** The same op as in the library, written as obviously as possible. `count` is called for every multiply-accumulate. */
export type Reference = (inputs: readonly Values[], parameters: Readonly<Record<string, Values>>, count: () => void) => Values;

export function values(shape: readonly number[], fill: (index: number[]) => number): Values {
  const data = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = fill([...index]);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** Value at an index; 0 outside (a border of zeros). */
export function at({ shape, data }: Values, ...index: number[]): number {
  if (index.some((i, axis) => i < 0 || i >= (shape[axis] as number))) return 0;
  return data[index.reduce((flat, i, axis) => flat * (shape[axis] as number) + i, 0)] as number;
}

export const inside = ({ shape }: Values, row: number, column: number): boolean =>
  row >= 0 && column >= 0 && row < (shape[1] as number) && column < (shape[2] as number);

interface Slide {
  readonly output: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride?: number;
  readonly dilation?: number;
  /** Rows above and columns to the left. */
  readonly before?: readonly [number, number];
}

interface Place {
  readonly row: number;
  readonly column: number;
  readonly u: number;
  readonly v: number;
}

/** Calls `visit` for each place [u, v] of the kernel, with the row and column of the image under it. */
export function under(slide: Slide, [i, j]: readonly [number, number], visit: (place: Place) => void): void {
  const { kernel, stride = 1, dilation = 1, before = [0, 0] } = slide;
  for (let u = 0; u < kernel[0]; u++)
    for (let v = 0; v < kernel[1]; v++)
      visit({ row: i * stride - before[0] + u * dilation, column: j * stride - before[1] + v * dilation, u, v });
}

/** Convolution with groups: filter f sees the channels of its group only. */
export function convolution(slide: Slide, groups = 1): Reference {
  return ([x], { kernel, bias }, count) => {
    const [samples = 0] = (x as Values).shape;
    const [, , depth = 0, filters = 0] = (kernel as Values).shape;
    return values([samples, ...slide.output, filters], ([n = 0, i = 0, j = 0, f = 0]) => {
      let sum = 0;
      const first = Math.floor(f / (filters / groups)) * depth;
      under(slide, [i, j], ({ row, column, u, v }) => {
        for (let c = 0; c < depth; c++) {
          sum += at(x as Values, n, row, column, first + c) * at(kernel as Values, u, v, c, f);
          if (n === 0) count();
        }
      });
      return sum + (bias ? at(bias, f) : 0);
    });
  };
}

export function depthwise(slide: Slide): Reference {
  return ([x], { kernel, bias }, count) => {
    const [samples = 0, , , channels = 0] = (x as Values).shape;
    const multiplier = (kernel as Values).shape[3] as number;
    return values([samples, ...slide.output, channels * multiplier], ([n = 0, i = 0, j = 0, o = 0]) => {
      let sum = 0;
      const channel = Math.floor(o / multiplier);
      under(slide, [i, j], ({ row, column, u, v }) => {
        sum += at(x as Values, n, row, column, channel) * at(kernel as Values, u, v, channel, o % multiplier);
        if (n === 0) count();
      });
      return sum + (bias ? at(bias, o) : 0);
    });
  };
}

/** Every input value is scattered, times the kernel, over the output; what falls outside is dropped. */
export function transposed(slide: Slide): Reference {
  return ([x], { kernel, bias }, count) => {
    const [samples = 0, height = 0, width = 0, channels = 0] = (x as Values).shape;
    const filters = (kernel as Values).shape[2] as number;
    const y = values([samples, ...slide.output, filters], ([, , , f = 0]) => (bias ? at(bias, f) : 0));
    for (let n = 0; n < samples; n++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++)
          under(slide, [i, j], ({ row, column, u, v }) => {
            for (let c = 0; c < channels; c++)
              for (let f = 0; f < filters; f++) {
                if (n === 0) count();
                if (!inside(y, row, column)) continue;
                const flat = ((n * slide.output[0] + row) * slide.output[1] + column) * filters + f;
                y.data[flat] = (y.data[flat] as number) + at(x as Values, n, i, j, c) * at(kernel as Values, u, v, f, c);
              }
          });
    return y;
  };
}

export function pool(slide: Slide, combine: (seen: number[]) => number): Reference {
  return ([x]) => {
    const [samples = 0, , , channels = 0] = (x as Values).shape;
    return values([samples, ...slide.output, channels], ([n = 0, i = 0, j = 0, c = 0]) => {
      const seen: number[] = [];
      under(slide, [i, j], ({ row, column }) => {
        if (inside(x as Values, row, column)) seen.push(at(x as Values, n, row, column, c));
      });
      return combine(seen);
    });
  };
}

export const mean = (seen: readonly number[]): number => seen.reduce((sum, value) => sum + value, 0) / seen.length;
export const variance = (seen: readonly number[]): number => mean(seen.map(value => (value - mean(seen)) ** 2));

export const each =
  (fn: (value: number) => number): Reference =>
  ([x]) => ({ shape: (x as Values).shape, data: (x as Values).data.map(fn) });
