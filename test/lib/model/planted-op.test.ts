import { expect, test, vi } from 'vitest';
import { closeGates, gateHooks, gateImportance, openGates } from '../../../lib/compress/prune/channels/gates.ts';
import { apoz } from '../../../lib/compress/prune/channels/importance/apoz.ts';
import { network } from '../../../lib/model/build.ts';
import { prunableGroups } from '../../../lib/model/channels/groups.ts';
import { predict } from '../../../lib/model/forward.ts';
import type { Model } from '../../../lib/model/model.ts';
import type { ActivationName } from '../../../lib/model/ops/index.ts';
import { array } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { fit } from '../../../lib/train/fit.ts';

// A new activation is one line in the list of ops, and its file. Everything below must find it by what the op says of itself.
vi.mock('../../../lib/model/ops/all.ts', async original => {
  const [{ activation }, { tf }] = await Promise.all([import('../../../lib/model/activation.ts'), import('../../../lib/tensor/tf.ts')]);
  return { ...(await original<object>()), cutOff: activation('cut-off', x => tf.relu(tf.sub(x, 0.5))) };
});

const inputs = normal(random(1), [12, 3, 2, 2]);
const examples = { inputs, targets: array([12], [0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0], 'int32') };

function planted(): Model {
  const built = network('planted', [3, 2, 2], { seed: 3 }).conv2d(5, 1).batchNorm();
  return built
    .activation('cut-off' as ActivationName)
    .flatten()
    .dense(2)
    .model();
}

test('the builder writes it, and it computes', () => {
  const model = planted();
  expect(model.nodes.map(({ op }) => op)).toContain('cut-off');
  expect(predict(model, inputs).shape).toEqual([12, 2]);
});

test('APoZ counts its zeros', () => {
  const model = planted();
  const [group] = prunableGroups(model);
  const scores = apoz(examples)(model, group as NonNullable<typeof group>);
  const values = predict({ ...model, output: 'cut-off-1' }, inputs);
  const zeros = Array.from({ length: 5 }, (_, c) => values.data.filter((v, i) => i % 5 === c && v === 0).length / (12 * 6));
  expect(Array.from(scores)).toEqual(zeros.map(share => expect.closeTo(1 - share, 6)));
  expect(Math.max(...zeros)).toBeGreaterThan(0);
});

test('gates open before it, train and close', async () => {
  const model = planted();
  const [group] = prunableGroups(model);
  expect(Math.max(...Array.from(gateImportance(examples)(model, group as NonNullable<typeof group>)))).toBeGreaterThan(0);
  const gated = openGates(model, { only: true });
  const trained = await fit(gated, examples, { epochs: 1, batchSize: 4, hooks: gateHooks(gated, { strength: 1e-3 }) });
  const closed = closeGates(trained, model);
  const apart = predict(closed, inputs).data.map((v, i) => Math.abs(v - (predict(model, inputs).data[i] as number)));
  expect(Math.max(...apart)).toBeGreaterThan(0);
});
