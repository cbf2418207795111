import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { datasets, loadDataset } from '../../lib/data/loader.ts';

const folder = datasets()['fashion-mnist']?.full.packageFolder ?? '';

describe.runIf(existsSync(folder))('the whole of Fashion-MNIST, from the system package', () => {
  it('holds the embedded splits, chosen by the same rule', async () => {
    const embedded = await loadDataset('fashion-mnist');
    const full = await loadDataset('fashion-mnist', { full: true });
    expect(full.train.images.shape).toEqual([58_000, 28, 28, 1]);
    expect(full.test.images.shape).toEqual([10_000, 28, 28, 1]);
    const same = (a: { data: ArrayLike<number> }, b: { data: ArrayLike<number> }, count: number) =>
      Buffer.compare(Buffer.from(Uint8Array.from(a.data).subarray(0, count)), Buffer.from(Uint8Array.from(b.data).subarray(0, count)));
    expect(same(full.validation.images, embedded.validation.images, 2_000 * 784)).toBe(0);
    expect(same(full.train.images, embedded.train.images, 10_000 * 784)).toBe(0);
    expect(same(full.train.labels, embedded.train.labels, 10_000)).toBe(0);
    expect(same(full.test.images, embedded.test.images, 2_000 * 784)).toBe(0);
  });
});
