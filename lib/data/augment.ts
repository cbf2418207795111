import type { NDArray } from '../tensor/array.ts';
import { LabError } from '../tensor/errors.ts';
import type { Random } from '../tensor/random.ts';

/** Random changes of an image that keep its class. */
export interface Augmentation {
  /** Mirror left and right, for one image in two. */
  readonly flip?: boolean;
  /** Move by up to this many whole pixels along each axis; what comes in at the border is 0. */
  readonly shift?: number;
}

const scaled: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * The images that `indices` names, as float32 values in their order: uint8 pixels become 0 … 1 (divided by 255), other types stay. With an
 * augmentation, each is flipped and shifted by draws from `rng` on the way.
 * @throws LabError `data/augment` when there is something to change but the values are no images [N, H, W, C].
 */
export function gatherImages(
  images: NDArray,
  indices: ArrayLike<number>,
  change: { augment?: Augmentation; rng?: Random } = {},
): Float32Array {
  const { augment = {}, rng } = change;
  const size = images.data.length / images.shape[0];
  const values = new Float32Array(indices.length * size);
  const active = rng !== undefined && (augment.flip === true || (augment.shift ?? 0) > 0);
  if (active && images.shape.length !== 4) {
    throw new LabError(
      'data/augment',
      `Only images [N, H, W, C] can be flipped or shifted; got [${images.shape.join(', ')}].`,
      'Leave `augment` out.',
    );
  }
  for (let i = 0; i < indices.length; i++) {
    const source = images.data.subarray(indices[i] * size, (indices[i] + 1) * size);
    const target = values.subarray(i * size, (i + 1) * size);
    if (active) moved(source, target, { shape: images.shape, ...draw(augment, rng) });
    else target.set(source);
  }
  if (images.dtype === 'uint8') for (let i = 0; i < values.length; i++) values[i] = scaled[values[i]];
  return values;
}

function draw({ flip = false, shift = 0 }: Augmentation, rng: Random): { mirror: boolean; down: number; right: number } {
  return { mirror: flip && rng.int(0, 1) === 1, down: rng.int(-shift, shift), right: rng.int(-shift, shift) };
}

function moved(
  source: ArrayLike<number>,
  target: Float32Array,
  change: { shape: readonly number[]; mirror: boolean; down: number; right: number },
): void {
  const [, height, width, channels] = change.shape as [number, number, number, number];
  for (let y = 0; y < height; y++) {
    const fromY = y - change.down;
    if (fromY < 0 || fromY >= height) continue;
    for (let x = 0; x < width; x++) {
      const fromX = change.mirror ? width - 1 - x + change.right : x - change.right;
      if (fromX < 0 || fromX >= width) continue;
      const [to, from] = [(y * width + x) * channels, (fromY * width + fromX) * channels];
      for (let c = 0; c < channels; c++) target[to + c] = source[from + c];
    }
  }
}
