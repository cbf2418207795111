import { expect, test } from 'vitest';
import { result, sleep, traceback, useKernel } from './kernel.ts';

const kernel = useKernel();

test('training that is interrupted stops at a safe point, and trains again afterwards', async () => {
  await kernel().execute(`import { fit, mlp, strokeGlyphs, take, tensorCount } from 'tinylab';
const data = take(strokeGlyphs({ count: 256, seed: 1 }), 256);
const model = mlp({ input: data.images.shape.slice(1), classes: data.classes.length, seed: 1 });`);
  const training = kernel().execute('await fit(model, data, { epochs: 100_000 });');
  await sleep(3000);
  await kernel().interrupt();
  const stopped = await training;
  expect(stopped.reply.status, traceback(stopped)).toBe('error');
  expect(stopped.reply.evalue).toMatch(/interrupted/i);
  const again = await kernel().execute(
    'const trained = await fit(model, data, { epochs: 1 }); trained.nodes.length === model.nodes.length',
  );
  expect(result(again), traceback(again)).toBe('true');
});
