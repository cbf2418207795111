import { describe, expect, it } from 'vitest';
import { take } from '../../../../../lib/data/dataset.ts';
import { loadDataset } from '../../../../../lib/data/loader.ts';
import { pretrained } from '../../../../../lib/model/pretrained.ts';
import { foreseen, readChanged } from './hostile.ts';
import { thereIsLitert } from './litert.ts';
import { fileOf, networks, thereAreNetworks } from './networks.ts';
import { compareWithLitert, paddedNet, quantizedNet, smallNet } from './own-nets.ts';

describe.skipIf(!thereAreNetworks)('files of others, changed (skipped without ../shared/golden/tflite)', () => {
  it('10,000 of them are read or refused by name, in memory of their own size', () => {
    const { codes, crashes, allocated } = readChanged(networks.map(fileOf), { count: 10_000, seed: 7 });
    expect(crashes).toEqual([]);
    expect(Object.keys(codes).filter(code => !foreseen.test(code))).toEqual([]);
    expect(allocated).toBeLessThan(2);
  });
});

describe.skipIf(!thereIsLitert)("our own nets run by LiteRT's reference kernels (skipped without ai-edge-litert)", () => {
  it('give the same bytes on 1,000 images; how the default kernels differ is told', async () => {
    const { train, test } = await loadDataset('fashion-mnist', { seed: 0 });
    const images = take(test, 1000).images;
    for (const model of [await pretrained('fashion-mnist-vgg'), smallNet(), paddedNet()])
      for (const bits of [8, 4]) {
        const found = compareWithLitert(quantizedNet(model, { images: train, bits }), images);
        console.log(`${model.name} W${bits}A8: ${JSON.stringify(found)}`);
        expect(found.read).toBe(0);
      }
  });
});
