import type { Dataset } from '../../../data/dataset.ts';
import { array, type NDArray } from '../../../tensor/array.ts';
import { LabError } from '../../../tensor/errors.ts';
import { fingerprint } from '../../../tensor/fingerprint.ts';
import { sameShape, sizeOf } from '../../../tensor/shape.ts';

type Images = Pick<Dataset, 'images'> | NDArray;

/**
 * Refuses a transfer set that holds images of the test set: a student that learns what the teacher says of them is judged on what it has seen. Images are compared
 * by content, to the last bit, whatever their place; bytes and their 1/255 parts are the same image. Mirrored or noisy copies are not found.
 * @throws LabError `distill/overlap` with how many they are and the first two places; `distill/shape` when images are of different shapes.
 * @example
 * distill.assertDisjoint(strokeGlyphs({ count: 64, seed: 1 }), strokeGlyphs({ count: 64, seed: 2 }));
 */
export function assertDisjoint(transfer: Images, test: Images): void {
  const [a, b] = [imagesOf(transfer), imagesOf(test)];
  if (!sameShape(a.shape.slice(1), b.shape.slice(1)))
    throw new LabError(
      'distill/shape',
      `Images of the transfer set are [${a.shape.slice(1).join(', ')}], those of the test set [${b.shape.slice(1).join(', ')}].`,
      'Give both as the network takes them.',
    );
  const places = new Map<number, number[]>();
  const [mine, theirs] = [rowsOf(a), rowsOf(b)];
  theirs.forEach((row, at) => {
    const key = keyOf(row);
    places.set(key, [...(places.get(key) ?? []), at]);
  });
  const found = mine.flatMap((row, at): [number, number][] => {
    const twin = places.get(keyOf(row))?.find(place => same(row, theirs[place] as Float32Array));
    return twin === undefined ? [] : [[at, twin]];
  });
  const [first] = found;
  if (!first) return;
  throw new LabError(
    'distill/overlap',
    `${found.length} of ${mine.length} images of the transfer set are among the test images: image ${first[0]} is image ${first[1]} of the test set.`,
    'Leave them out of what the student learns from. Accuracy on images that it has seen says nothing of others.',
  );
}

const imagesOf = (images: Images): NDArray => ('images' in images ? images.images : images);

/** Each image as float32 values, bytes as 1/255 parts. */
function rowsOf({ shape, dtype, data }: NDArray): Float32Array[] {
  const size = sizeOf(shape.slice(1));
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => {
    const row = data.subarray(i * size, (i + 1) * size);
    return dtype === 'uint8' ? Float32Array.from(row, v => v / 255) : Float32Array.from(row, v => v + 0); // -0 is 0
  });
}

const keyOf = (row: Float32Array): number => fingerprint(array([row.length], row));
const same = (a: Float32Array, b: Float32Array): boolean => a.every((value, i) => Object.is(value, b[i]));
