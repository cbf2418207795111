import { type ConvAttributes, convInfo } from './conv-geometry.ts';
import { binding, nativeRungs, type Rung } from './native.ts';
import { bf16Rungs } from './native-bf16.ts';
import { hasNativeOps, threadsAttribute } from './native-ops.ts';
import { intAttributes, runOp } from './run-op.ts';
import type { tf } from './tfjs.ts';

// 3 × 3 convolutions with stride 1 by our own ops (kernels/compute/winograd), which multiply 4 numbers where the direct form multiplies 9. Which shapes are
// faster so was measured beside oneDNN; elsewhere, and without vectors of 512 bits, TensorFlow's ops run. In bf16 the transformed numbers are rounded.

const has = (rungs: readonly Rung[], wanted: string): boolean => rungs.some(({ name, available }) => name === wanted && available);
const wide = hasNativeOps && has(nativeRungs().matmul, 'avx512');
const pairs = wide && has(bf16Rungs(), 'avx512-bf16');
/** Where the processor multiplies tiles of bfloat16, oneDNN does and we do not. */
const tiles = binding?.features.includes('amx_bf16') ?? false;

/** Fewer channels are not worth transforming. */
const leastChannels = { convolution: 8, filter: 12, bf16: 16 };

/** A transformed filter that is larger than this, in numbers, is only worth its making for some tiles at least. */
const smallFilter = 2 ** 18;
const leastTiles = 32;

type Shape = readonly number[];

interface Sizes {
  readonly image: Shape;
  readonly filter: Shape;
  readonly attributes: ConvAttributes;
}

interface Placed {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly images: number;
}

/** Where the window begins and how large the output is; undefined where the kernel does not apply. */
function placed({ image, filter, attributes }: Sizes): Placed | undefined {
  const [height, width, depth, outputs] = filter;
  if (!wide || height !== 3 || width !== 3 || depth !== image[3] || attributes.dataFormat === 'NCHW' || outputs === 0) return undefined;
  const info = convInfo(image, filter, attributes);
  if (info.strideHeight !== 1 || info.strideWidth !== 1 || info.dilationHeight !== 1 || info.dilationWidth !== 1) return undefined;
  const { top, left } = info.padInfo;
  if (![top, left].every(n => Number.isInteger(n) && n >= 0) || info.outHeight < 2 || info.outWidth < 2) return undefined;
  return { top, left, height: info.outHeight, width: info.outWidth, images: info.batchSize };
}

/** Whether there are enough tiles of 2 × 2 for the filter to be transformed. */
function worth([, , depth, outputs]: Shape, images: number, [height, width]: Shape): boolean {
  const tiles = images * Math.ceil((height as number) / 2) * Math.ceil((width as number) / 2);
  return tiles >= leastTiles || 16 * (depth as number) * (outputs as number) <= smallFilter;
}

const attributesOf = ({ top, left }: Placed, [height, width]: Shape, bf16: boolean) => [
  ...intAttributes({ top, left, height: height as number, width: width as number, bf16: Number(bf16) }),
  threadsAttribute,
];

const narrowed = ({ precision }: ConvAttributes): boolean => precision === 'bf16';

/** Whether the direct form is as good for an input of so many channels. */
const few = (channels: number, attributes: ConvAttributes): boolean =>
  narrowed(attributes) ? !pairs || tiles || channels < leastChannels.bf16 : channels < leastChannels.convolution;

/** Whether `conv2d` may transform its input for such a window, so that sums of whole numbers near 2^24 are no longer exact in float32. */
export function mayTransform([height, width]: Shape, strides: Shape): boolean {
  return wide && height === 3 && width === 3 && strides.every(stride => stride === 1);
}

/** y = x ∗ filter; undefined where oneDNN is faster or the kernel does not apply. */
export function winograd(x: tf.Tensor, filter: tf.Tensor, attributes: ConvAttributes): tf.Tensor | undefined {
  const place = placed({ image: x.shape, filter: filter.shape, attributes });
  if (!place || few(x.shape[3] as number, attributes)) return undefined;
  const size = [place.height, place.width];
  return worth(filter.shape, place.images, size)
    ? runOp('TinylabConv', [x, filter], attributesOf(place, size, narrowed(attributes)))
    : undefined;
}

/** The gradient with respect to x, of shape `shape`; undefined as above. */
export function winogradBackInput(
  { dy, filter, shape }: { dy: tf.Tensor; filter: tf.Tensor; shape: Shape },
  attributes: ConvAttributes,
): tf.Tensor | undefined {
  const place = placed({ image: shape, filter: filter.shape, attributes });
  if (!place || few(dy.shape[3] as number, attributes)) return undefined;
  const size = shape.slice(1, 3);
  return worth(filter.shape, place.images, size)
    ? runOp('TinylabConvBackpropInput', [dy, filter], attributesOf(place, size, narrowed(attributes)))
    : undefined;
}

/** The gradient with respect to the filter, of shape `shape`; undefined as above. */
export function winogradBackFilter(
  { x, dy, shape }: { x: tf.Tensor; dy: tf.Tensor; shape: Shape },
  attributes: ConvAttributes,
): tf.Tensor | undefined {
  const place = placed({ image: x.shape, filter: shape, attributes });
  const bf16 = narrowed(attributes) && pairs;
  const least = bf16 ? leastChannels.bf16 : leastChannels.filter;
  if (!place || (x.shape[3] as number) < least || (dy.shape[3] as number) < least) return undefined;
  return runOp('TinylabConvBackpropFilter', [x, dy], attributesOf(place, shape, bf16));
}
