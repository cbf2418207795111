import { indented, integerLiteral } from '../c-text.ts';

/** How a window slides over an image, along one axis. */
export interface Axis {
  readonly size: number;
  readonly places: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

/** Both axes of a window. */
export function axesOf(
  x: readonly number[],
  y: readonly number[],
  {
    strides,
    dilations = [1, 1],
    padding,
    kernel,
  }: {
    readonly strides: readonly [number, number];
    readonly dilations?: readonly [number, number];
    readonly padding: readonly [number, number];
    readonly kernel: readonly [number, number];
  },
): readonly [Axis, Axis] {
  const axis = (a: 0 | 1): Axis => ({
    size: x[a + 1] as number,
    places: y[a + 1] as number,
    kernel: kernel[a],
    stride: strides[a],
    dilation: dilations[a],
    padding: padding[a],
  });
  return [axis(0), axis(1)];
}

/** Whether a window lies beyond the image in some place. */
export const reaches = ({ size, places, kernel, stride, dilation, padding }: Axis): boolean =>
  padding > 0 || (places - 1) * stride + (kernel - 1) * dilation - padding >= size;

const times = (name: string, factor: number): string => (factor === 1 ? name : `${name} * ${factor}`);

/** What stands for the place in a kernel along an axis: the name of its loop, or 0 where there is one place. */
export const indexOf = ({ kernel }: Axis, name: string): string => (kernel === 1 ? '0' : name);

/** The loop over one axis of a kernel, `place` being where the window stands and `at` the name of the place in the image; what lies outside is left out. */
export function overKernel(
  axis: Axis,
  { index, place, at, body }: { readonly index: string; readonly place: string; readonly at: string; readonly body: string },
): string {
  const terms = [axis.places === 1 ? '' : times(place, axis.stride), axis.kernel === 1 ? '' : times(index, axis.dilation)].filter(Boolean);
  const sum = `${terms.join(' + ') || '0'}${axis.padding > 0 ? ` - ${integerLiteral(axis.padding)}` : ''}`;
  if (axis.kernel === 1 && !reaches(axis)) return `int ${at} = ${sum};\n${body}`;
  const edge = reaches(axis) ? `if (${at} < 0 || ${at} >= ${axis.size}) continue;\n` : '';
  return `for (int ${index} = 0; ${index} < ${axis.kernel}; ${index}++) {\n${indented(`int ${at} = ${sum};\n${edge}${body}`)}\n}`;
}
