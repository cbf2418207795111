import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../lib/data/loader.ts';
import { accuracy } from '../../../lib/measure/accuracy.ts';
import { parameters } from '../../../lib/measure/parameters.ts';
import { modelCard, pretrained } from '../../../lib/model/pretrained.ts';

describe('trained networks of the project', () => {
  it('are what their cards say', async () => {
    const { test } = await loadDataset('fashion-mnist');
    const [model, card] = [pretrained('fashion-mnist-vgg'), modelCard('fashion-mnist-vgg')];
    expect(parameters(model)).toBe(card.parameters);
    expect(Math.abs(accuracy(model, test) - card.accuracy.test)).toBeLessThanOrEqual(0.002);
  });

  it('are known by name', () => {
    expect(() => pretrained('../fashion-mnist-vgg')).toThrow(
      expect.objectContaining({
        message: 'There is no trained network ../fashion-mnist-vgg.',
        hint: expect.stringMatching(/^Known are: .*fashion-mnist-vgg/),
      }),
    );
  });
});
