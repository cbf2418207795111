import { forward } from '../../../lib/model/forward.ts';
import { mobileNetV2 } from '../../../lib/model/mobilenet-v2.ts';
import { inputShape, type Model } from '../../../lib/model/model.ts';
import { vgg, vggWidths } from '../../../lib/model/vgg.ts';
import type { Precision } from '../../../lib/tensor/bfloat16.ts';
import { random, uniform } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { crossEntropy } from '../../../lib/train/losses.ts';
import { ruleOf } from '../../../lib/train/optimizers.ts';
import { openState } from '../../../lib/train/state.ts';
import { trainStep } from '../../../lib/train/step.ts';
import { milliseconds } from './clock.ts';
import type { Contender } from './interleave.ts';

/** The nets that are trained: the course's Lab 0 network (9.2 M parameters) and a small MobileNetV2, on 32×32×3 images. */
export const nets: Readonly<Record<string, Model>> = {
  vgg: vgg({ input: [32, 32, 3], widths: vggWidths, classes: 10 }),
  mobilenet: mobileNetV2({ input: [32, 32, 3], width: 0.5, stemStride: 1, classes: 10 }),
};

async function timed(work: () => void): Promise<number> {
  const started = milliseconds();
  work();
  return milliseconds() - started;
}

function batch(model: Model, size: number): { x: tf.Tensor; y: tf.Tensor } {
  const x = upload(uniform(random(1), [size, ...inputShape(model)]));
  return {
    x,
    y: tf.tensor1d(
      Array.from({ length: size }, (_, i) => i % 10),
      'int32',
    ),
  };
}

/** One update as `fit` makes it: loss, gradient, momentum, running statistics; the loss is read back. */
export function stepOf(model: Model, size: number, precision: Precision = 'float32'): () => unknown {
  const optimizer = ruleOf('momentum').make({});
  const context = { model, optimizer, state: openState(model), loss: crossEntropy(), hooks: {}, precision };
  const data = batch(model, size);
  return () => trainStep(context, data);
}

/** The time of one update. */
export function ourStep(model: Model, size: number, precision?: Precision): Contender {
  const step = stepOf(model, size, precision);
  return () => timed(step);
}

/** Inference on one batch; the sum of the outputs is read back. */
export function ourForward(model: Model, size: number): Contender {
  const { x } = batch(model, size);
  return () => timed(() => tf.tidy(() => forward(model, x).sum().dataSync()));
}
