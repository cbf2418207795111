import { cachedTeacher } from '../../../lib/compress/distill/cached-teacher.ts';
import { distillationLoss } from '../../../lib/compress/distill/distillation-loss.ts';
import { logits } from '../../../lib/compress/distill/match/logits.ts';
import { frozenTeacher } from '../../../lib/compress/distill/teacher.ts';
import { network } from '../../../lib/model/build.ts';
import type { Model } from '../../../lib/model/model.ts';
import { array } from '../../../lib/tensor/array.ts';
import { random, uniform } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { ruleOf } from '../../../lib/train/optimizers.ts';
import { openState } from '../../../lib/train/state.ts';
import { trainStep } from '../../../lib/train/step.ts';
import { smallNets } from './small-nets.ts';

/** Lab 4's student: 3,626 parameters. */
const student = network('student', [28, 28, 1])
  .conv2d(8, 3, { strides: 2, bias: false })
  .batchNorm()
  .relu()
  .conv2d(12, 3, { bias: false })
  .batchNorm()
  .relu()
  .maxPool()
  .conv2d(22, 3, { bias: false })
  .batchNorm()
  .relu()
  .globalAveragePool()
  .dense(10)
  .model();

/** Teachers and students. */
export const taughtNets: Readonly<Record<string, Model>> = {
  student,
  vgg: smallNets.vgg as Model,
  mobilenet: smallNets.mobilenet as Model,
};

/** One update as `fit` makes it: 0.1 CE + 0.9 T² KL at T = 4, momentum, running statistics; the loss is read back. */
export function distilledStep(
  names: { readonly teacher: string; readonly student: string; readonly what: string },
  batch: number,
): () => unknown {
  const [teacher, model] = [taughtNets[names.teacher] as Model, taughtNets[names.student] as Model];
  const inputs = uniform(random(1), [batch, 28, 28, 1]);
  const targets = array(
    [batch],
    Int32Array.from({ length: batch }, (_, i) => i % 10),
  );
  const speaks = names.what === 'cached' ? cachedTeacher(teacher, { inputs, targets }) : frozenTeacher(teacher);
  const match = logits({ student: { model }, teacher: { model: teacher } }, { temperature: 4 });
  const loss = distillationLoss({ teacher: speaks, matches: [[0.9, match]], labels: [0.1] });
  const context = { model, optimizer: ruleOf('momentum').make({}), state: openState(model), loss, hooks: {} };
  const source = { inputs, indices: Int32Array.from({ length: batch }, (_, i) => i), augmented: false };
  const data = { x: upload(inputs), y: tf.tensor1d(targets.data as Int32Array, 'int32'), source };
  return () => trainStep(context, data);
}
