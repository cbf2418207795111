import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { strokeGlyphs } from '../../../lib/data/stroke-glyphs.ts';

describe('strokeGlyphs', () => {
  it('draws the same 64 images on every machine', () => {
    const { images, labels } = strokeGlyphs({ classes: 20, count: 64, seed: 1 });
    expect(createHash('sha256').update(images.data).digest('hex')).toMatchInlineSnapshot(
      `"18d99635088d56459f671a8f8d55e4fb9f06a2b85ab36f45ec2e44bc6db1dc5a"`,
    );
    expect([...labels.data.subarray(0, 20)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('draws a sample from its seed and number only', () => {
    const all = strokeGlyphs({ count: 30, seed: 5 });
    const later = strokeGlyphs({ count: 7, first: 23, seed: 5 });
    expect([...later.images.data]).toEqual([...all.images.data.subarray(23 * 784)]);
    expect([...later.labels.data]).toEqual([...all.labels.data.subarray(23)]);
    expect([...strokeGlyphs({ count: 30, seed: 6 }).images.data]).not.toEqual([...all.images.data]);
  });

  it('without hardness draws a class always alike, and pairs of classes that differ in one curve', () => {
    const { images, labels } = strokeGlyphs({ classes: 4, count: 8, hard: 0, seed: 3 });
    const drawing = (label: number, from = 0) => {
      const i = labels.data.indexOf(label, from);
      return [...images.data.subarray(i * 784, (i + 1) * 784)];
    };
    for (const label of [0, 1, 2, 3]) expect(drawing(label)).toEqual(drawing(label, 4));
    const shared = (a: number[], b: number[]) => a.filter((v, i) => v > 0 && v === b[i]).length;
    expect(shared(drawing(0), drawing(1))).toBeGreaterThan(2 * shared(drawing(1), drawing(2)));
  });

  it('strays further when it is harder', () => {
    const spread = (hard: number) => {
      const { images, labels } = strokeGlyphs({ classes: 2, count: 40, hard, seed: 8 });
      const pixels = images.data as Uint8Array;
      const mean = new Float64Array(784);
      const of0 = [...labels.data].flatMap((l, i) => (l === 0 ? [pixels.subarray(i * 784, (i + 1) * 784)] : []));
      for (const image of of0) for (const [p, v] of image.entries()) mean[p] = (mean[p] as number) + v / of0.length;
      return of0.reduce((sum, image) => sum + image.reduce((s, v, p) => s + Math.abs(v - (mean[p] as number)), 0), 0);
    };
    expect(spread(1)).toBeGreaterThan(spread(0.3));
    expect(spread(1.8)).toBeGreaterThan(spread(1));
  });

  it.each([{ classes: 0 }, { count: 0 }, { count: 1.5 }, { hard: -1 }, { first: -1 }])('refuses %o', wrong => {
    expect(() => strokeGlyphs({ count: 1, seed: 1, ...wrong })).toThrow(expect.objectContaining({ code: 'data/glyphs' }));
  });
});
