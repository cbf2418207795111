import { describe, expect, it } from 'vitest';
import { take } from '../../../../../lib/data/dataset.ts';
import { loadDataset } from '../../../../../lib/data/loader.ts';
import { thereIsLitert } from './litert.ts';
import { compareWithLitert, gatedNet, hardSwishNet, paddedNet, quantizedNet, smallNet } from './own-nets.ts';

describe.skipIf(!thereIsLitert)("our own nets run by LiteRT's reference kernels (skipped without ai-edge-litert)", () => {
  for (const model of [smallNet(), paddedNet(), gatedNet(), hardSwishNet()])
    it(`${model.name} gives the same bytes, and within a few outputs what it gave before it was written`, async () => {
      const { train, test } = await loadDataset('fashion-mnist', { seed: 0 });
      const found = compareWithLitert(quantizedNet(model, { images: train, bits: 8 }), take(test, 100).images);
      expect(found.read).toBe(0);
      expect(found.before).toBeLessThan(found.outputs / 50);
    });
});
