import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hiddenFashionMnist } from '../../labs-grading/data/fashion-mnist/hidden.ts';
import { type Dataset, rows } from '../../lib/data/dataset.ts';
import { datasets, loadDataset } from '../../lib/data/loader.ts';

const splits = await loadDataset('fashion-mnist');
const hidden = hiddenFashionMnist();

function digests(data: Dataset): string[] {
  return Array.from({ length: data.labels.data.length }, (_, i) => digest(rows(data.images, [i]).data));
}

function digest(bytes: Uint8Array | Int32Array | Int8Array | Float32Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('embedded Fashion-MNIST', () => {
  it.each([
    ['train', splits.train, 10_000],
    ['validation', splits.validation, 2_000],
    ['test', splits.test, 2_000],
    ['hidden', hidden, 2_000],
  ] as const)('%s is balanced, in runs of ten that hold each class once', (_, data, count) => {
    expect(data.images.shape).toEqual([count, 28, 28, 1]);
    expect(data.images.dtype).toBe('uint8');
    expect(data.labels.shape).toEqual([count]);
    for (let from = 0; from < count; from += 10) {
      expect([...data.labels.data.subarray(from, from + 10)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('shares no image between splits', () => {
    const [train, validation, test, held] = [splits.train, splits.validation, splits.test, hidden].map(d => new Set(digests(d)));
    const common = (a?: Set<string>, b?: Set<string>) => [...(a ?? [])].filter(x => b?.has(x)).length;
    expect([common(train, validation), common(train, test), common(validation, test)]).toEqual([0, 0, 0]);
    expect([common(train, held), common(validation, held), common(test, held)]).toEqual([0, 0, 0]);
  });

  it('has the bytes that were recorded', () => {
    expect(digest(splits.train.images.data)).toMatchInlineSnapshot(`"51a98a1ee86d71ace3299bc313b2d601dd78cf3df1c667d6e975e7c46a0b348e"`);
    expect(digest(splits.test.images.data)).toMatchInlineSnapshot(`"d02465a4f92af4b0a62cd0d6bd105a5e0765bae55546f31f88f81d35e2327682"`);
    expect([...splits.train.labels.data.subarray(0, 10)]).toMatchInlineSnapshot(`
      [
        1,
        2,
        5,
        7,
        3,
        8,
        0,
        9,
        6,
        4,
      ]
    `);
  });

  it('has the pixels of clothes: mean and deviation of the original are 0.2860 and 0.3530', () => {
    const data = splits.train.images.data as Uint8Array;
    const mean = data.reduce((sum, v) => sum + v / 255, 0) / data.length;
    const variance = data.reduce((sum, v) => sum + (v / 255 - mean) ** 2, 0) / data.length;
    expect(mean).toBeCloseTo(0.286, 2);
    expect(Math.sqrt(variance)).toBeCloseTo(0.353, 2);
  });

  it('comes with its licence and says where it came from', () => {
    const folder = join(import.meta.dirname, '../../datasets/fashion-mnist');
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('Zalando SE');
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('arXiv:1708.07747');
    expect(datasets()['fashion-mnist']?.licence).toContain('MIT');
  });
});
