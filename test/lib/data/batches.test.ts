import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gatherImages } from '../../../lib/data/augment.ts';
import { type BatchOptions, batches, batchOrder } from '../../../lib/data/batches.ts';
import { dataset } from '../../../lib/data/dataset.ts';
import { array } from '../../../lib/tensor/array.ts';
import { random } from '../../../lib/tensor/random.ts';
import { tensorCount } from '../../../lib/tensor/scope.ts';

const data = dataset({
  name: 'numbers',
  images: array(
    [10, 2, 3, 1],
    Uint8Array.from({ length: 60 }, (_, i) => 4 * i),
    'uint8',
  ),
  labels: array([10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'int32'),
  classes: [...'0123456789'],
});

function read(options: BatchOptions): { images: number[][]; labels: number[] } {
  const images: number[][] = [];
  const labels: number[] = [];
  for (const batch of batches(data, options)) {
    expect(batch.images.dtype).toBe('float32');
    expect(batch.labels.dtype).toBe('int32');
    const values = batch.images.dataSync();
    for (let i = 0; i < batch.labels.size; i++) images.push([...values.subarray(i * 6, (i + 1) * 6)]);
    labels.push(...batch.labels.dataSync());
    batch.images.dispose();
    batch.labels.dispose();
  }
  return { images, labels };
}

describe('batches', () => {
  it('keeps the order without a seed, pixels divided by 255 and the last batch small', () => {
    const sizes = [...batchOrder(10, { batchSize: 4 })].map(b => b.length);
    expect(sizes).toEqual([4, 4, 2]);
    expect([...batchOrder(10, { batchSize: 4, dropLast: true })].map(b => b.length)).toEqual([4, 4]);
    const { images, labels } = read({ batchSize: 4 });
    expect(labels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(images[2]).toEqual([12, 13, 14, 15, 16, 17].map(i => Math.fround((4 * i) / 255)));
  });

  it('shuffles by seed and pass, and images stay with their labels', () => {
    const [a, b, c] = [read({ batchSize: 4, seed: 1 }), read({ batchSize: 4, seed: 1 }), read({ batchSize: 4, seed: 1, epoch: 1 })];
    expect(a).toEqual(b);
    expect(c.labels).not.toEqual(a.labels);
    for (const { images, labels } of [a, c]) {
      expect([...labels].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      for (const [i, label] of labels.entries()) expect(images[i]?.[0]).toBe(Math.fround((24 * label) / 255));
    }
  });

  it('leaves no tensor behind once its batches are disposed', () => {
    const before = tensorCount();
    read({ batchSize: 3, seed: 2, augment: { flip: true, shift: 1 } });
    expect(tensorCount()).toBe(before);
  });

  it('refuses sizes that are none and augmentation without a seed', () => {
    expect(() => read({ batchSize: 0 })).toThrow(expect.objectContaining({ code: 'data/batch' }));
    expect(() => read({ batchSize: 2.5 })).toThrow(expect.objectContaining({ code: 'data/batch' }));
    expect(() => read({ augment: { flip: true } })).toThrow(expect.objectContaining({ code: 'data/batch' }));
  });
});

/** Every way that flips and shifts can place an image, written as plainly as it can be. */
function placements(image: number[][], shift: number): string[] {
  const found: string[] = [];
  const mirrored = image.map(row => [...row].reverse());
  for (const source of [image, mirrored]) {
    for (let down = -shift; down <= shift; down++) {
      for (let right = -shift; right <= shift; right++) {
        found.push(image.map((row, y) => row.map((_, x) => source[y - down]?.[x - right] ?? 0)).join());
      }
    }
  }
  return found;
}

describe('augmentation', () => {
  it('flips and shifts as the obvious reference does, and reaches every placement', () => {
    const image = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const values = array([1, 2, 3, 1], image.flat());
    const rng = random(3);
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) seen.add([...gatherImages(values, [0], { augment: { flip: true, shift: 1 }, rng })].join());
    expect([...seen].sort()).toEqual([...new Set(placements(image, 1))].sort());
  });

  it('moves all channels of a pixel together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), seed => {
        const values = array(
          [1, 3, 4, 2],
          Uint8Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? i + 1 : 101 + i)),
          'uint8',
        );
        const out = gatherImages(values, [0], { augment: { flip: true, shift: 2 }, rng: random(seed) }).map(v => Math.round(v * 255));
        for (let p = 0; p < 24; p += 2) expect(out[p + 1]).toBe(out[p] === 0 ? 0 : (out[p] as number) + 101);
      }),
    );
  });

  it('needs images', () => {
    expect(() => gatherImages(array([2, 3], [1, 2, 3, 4, 5, 6]), [0], { augment: { flip: true }, rng: random(1) })).toThrow(
      expect.objectContaining({ code: 'data/augment' }),
    );
  });
});
