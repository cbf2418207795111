import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedOrder, type Dataset, dataset, rows, split, subset, take } from '../../../lib/data/dataset.ts';
import { decodeIdx, encodeIdx } from '../../../lib/data/idx.ts';
import { array } from '../../../lib/tensor/array.ts';
import { random } from '../../../lib/tensor/random.ts';

const small = (labels: number[]): Dataset =>
  dataset({
    name: 'small',
    images: array(
      [labels.length, 1, 2, 1],
      Uint8Array.from({ length: 2 * labels.length }, (_, i) => i),
      'uint8',
    ),
    labels: array([labels.length], labels, 'int32'),
    classes: ['a', 'b', 'c'],
  });

describe('dataset', () => {
  const data = small([0, 1, 2, 0, 1]);

  it('refuses labels outside the classes and shapes that do not fit', () => {
    expect(() => small([0, 3])).toThrow(expect.objectContaining({ code: 'data/label' }));
    expect(() => dataset({ ...data, labels: array([4], [0, 0, 0, 0], 'int32') })).toThrow(expect.objectContaining({ code: 'data/shape' }));
    expect(() => dataset({ ...data, labels: array([5], [0, 0, 0, 0, 0]) })).toThrow(expect.objectContaining({ code: 'data/shape' }));
  });

  it('picks rows in the order asked for', () => {
    expect([...rows(data.images, [3, 0]).data]).toEqual([6, 7, 0, 1]);
    expect([...subset(data, [2, 2, 1]).labels.data]).toEqual([2, 2, 1]);
    expect(() => rows(data.images, [5])).toThrow(expect.objectContaining({ code: 'data/index' }));
    expect(() => rows(data.images, [-1])).toThrow(expect.objectContaining({ code: 'data/index' }));
  });

  it('takes and splits without losing an example', () => {
    expect([...take(data, 2).labels.data]).toEqual([0, 1]);
    const [first, rest] = split(data, 3);
    expect([...first.labels.data, ...rest.labels.data]).toEqual([0, 1, 2, 0, 1]);
    expect([...rest.images.data]).toEqual([6, 7, 8, 9]);
    expect(() => take(data, 6)).toThrow(expect.objectContaining({ code: 'data/count' }));
    expect(() => split(data, -1)).toThrow(expect.objectContaining({ code: 'data/count' }));
  });
});

describe('balancedOrder', () => {
  it('is a permutation whose prefixes hold every class equally often, while it lasts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 1e6 }),
        (labels, seed) => {
          const order = balancedOrder(array([labels.length], labels, 'int32'), random(seed));
          expect([...order].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i));
          const total = new Map<number, number>();
          for (const label of labels) total.set(label, (total.get(label) ?? 0) + 1);
          const seen = new Map([...total.keys()].map(label => [label, 0]));
          for (const index of order) {
            const label = labels[index] as number;
            seen.set(label, (seen.get(label) as number) + 1);
            const open = [...total].filter(([l, n]) => (seen.get(l) as number) < n).map(([l]) => seen.get(l) as number);
            expect((seen.get(label) as number) - Math.min(...open, seen.get(label) as number)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('IDX', () => {
  it('round-trips bytes', () => {
    const values = array([2, 3], [0, 1, 2, 253, 254, 255], 'uint8');
    const bytes = encodeIdx(values);
    expect([...bytes.subarray(0, 12)]).toEqual([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3]);
    expect(decodeIdx(bytes, 'test')).toEqual(values);
  });

  it.each([
    ['cut short', (b: Uint8Array) => b.subarray(0, b.length - 1)],
    ['cut in the header', (b: Uint8Array) => b.subarray(0, 7)],
    ['empty', () => new Uint8Array()],
    ['with a byte too many', (b: Uint8Array) => Uint8Array.from([...b, 0])],
    ['of floats', (b: Uint8Array) => Uint8Array.from(b, (v, i) => (i === 2 ? 0x0d : v))],
    ['of another kind', (b: Uint8Array) => Uint8Array.from(b, (v, i) => (i === 0 ? 1 : v))],
  ])('refuses a file %s', (_, damage) => {
    const bytes = damage(encodeIdx(array([2, 2], [1, 2, 3, 4], 'uint8')));
    expect(() => decodeIdx(bytes, 'test')).toThrow(expect.objectContaining({ code: 'data/idx' }));
  });
});
