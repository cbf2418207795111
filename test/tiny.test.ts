import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accuracy,
  activations,
  compare,
  fit,
  lab,
  loadModel,
  macs,
  modelSize,
  parameters,
  plot,
  pruneChannels,
  pruneMagnitude,
  question,
  saveModel,
  sparsity,
  split,
  strokeGlyphs,
  vgg,
} from 'tinylab';
import { labReport, localSession, publicSeed, runQuestion } from 'tinylab/grading';
import { expect, it } from 'vitest';

// dataset → model → train → compress → measure → save → check, in seconds: run it first, it finds most of what can break.
it('runs the whole arrow', async () => {
  const [train, test] = split(strokeGlyphs({ classes: 4, count: 400, seed: 7 }), 320);
  const untrained = vgg({ classes: 4, input: [28, 28, 1], widths: [8, 'M', 16], seed: 1 });
  const trained = await fit(untrained, train, { epochs: 6, seed: 1, learningRate: 0.05 });
  expect(accuracy(trained, test)).toBeGreaterThan(accuracy(untrained, test) + 0.3);

  expect(parameters(trained)).toBe(9 * 8 + 2 * 8 + 9 * 8 * 16 + 2 * 16 + 16 * 4 + 4);
  expect(macs(trained)).toBe(784 * 9 * 8 + 196 * 9 * 8 * 16 + 16 * 4);
  expect(activations(trained).peak).toBe(784 * 8 + 196 * 8);
  expect(compare({ untrained, trained }, { modelSize, macs }).rows).toHaveLength(2);
  expect(plot.bar({ untrained: macs(untrained), trained: macs(trained) }).data).toHaveLength(1);

  const half = pruneChannels(trained, { ratio: 0.5 });
  const sparse = await fit(pruneMagnitude(half, { sparsity: 0.5 }), train, { epochs: 6, seed: 1, learningRate: 0.05 });
  expect(macs(half)).toBeLessThan(0.5 * macs(trained));
  expect(sparsity(sparse)).toBeGreaterThan(sparsity(half) + 0.2);
  expect(accuracy(sparse, test)).toBeGreaterThan(accuracy(untrained, test) + 0.2);

  const folder = await mkdtemp(join(tmpdir(), 'tinylab-tiny-'));
  try {
    await saveModel(trained, join(folder, 'glyphs'));
    expect(accuracy(await loadModel(join(folder, 'glyphs')), test)).toBe(accuracy(trained, test));
  } finally {
    await rm(folder, { recursive: true });
  }

  const counting = question('counting', { points: 3, uses: ['count'] }, async q => {
    q.equal(await q.call('count', trained), parameters(trained), { known: [[macs(trained), 'That is MACs.']] });
  });
  const { questions } = lab('tiny', [counting]);
  const ask = async (count: unknown) =>
    labReport(
      'tiny',
      await Promise.all(
        questions.map(one =>
          runQuestion(one, localSession({ lookup: name => ({ found: name === 'count', value: count }) }), { seed: publicSeed }),
        ),
      ),
    );
  expect((await ask(parameters)).score).toBe(3);
  const wrong = await ask(macs);
  expect(wrong.score).toBe(0);
  expect(wrong.questions[0]?.items[0]?.hint).toBe('That is MACs.');
});
