import { mlp } from '../../../lib/model/mlp.ts';
import { mobileNetV1, mobileNetV1SmallBlocks } from '../../../lib/model/mobilenet-v1.ts';
import type { Attributes, Model } from '../../../lib/model/model.ts';
import { opOf } from '../../../lib/model/ops/index.ts';
import { vgg } from '../../../lib/model/vgg.ts';
import { integers, normal, random } from '../../../lib/tensor/random.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { crossEntropy } from '../../../lib/train/losses.ts';
import { ruleOf } from '../../../lib/train/optimizers.ts';

/** Nets of the size that labs train, on images of 28×28. */
export const smallNets: Readonly<Record<string, Model>> = {
  mlp: mlp({ input: [28, 28, 1], hidden: [300, 100], classes: 10 }),
  vgg: vgg({ input: [28, 28, 1], classes: 10 }),
  mobilenet: mobileNetV1({ input: [28, 28, 1], classes: 10, stem: 16, stemStride: 1, blocks: mobileNetV1SmallBlocks }),
};

/** Sizes of the transformer, as torch_gpt.py takes them. */
export const gptSizes = { vocabulary: 65, sequence: 64, width: 64, heads: 4 } as const;

type Tensors = Record<string, tf.Tensor>;

/** The names of torch_gpt.py. */
function gptShapes(): Record<string, number[]> {
  const { vocabulary, sequence, width } = gptSizes;
  const denses = { query: [width, width], key: [width, width], value: [width, width], joined: [width, width] };
  const wider = { up: [width, 4 * width], down: [4 * width, width], head: [width, vocabulary] };
  const shapes: Record<string, number[]> = { table: [vocabulary, width], places: [sequence, width] };
  for (const [name, shape] of Object.entries({ ...denses, ...wider })) {
    shapes[`${name}.kernel`] = shape;
    shapes[`${name}.bias`] = shape.slice(1);
  }
  for (const name of ['norm1', 'norm2', 'norm3']) Object.assign(shapes, { [`${name}.gamma`]: [width], [`${name}.beta`]: [width] });
  return shapes;
}

function op(name: string, x: readonly tf.Tensor[], given: { parameters?: Tensors; attributes?: Attributes } = {}): tf.Tensor {
  return opOf(name).forward({ inputs: x, parameters: given.parameters ?? {}, attributes: given.attributes ?? {}, training: true });
}

/** Logits [batch · sequence, vocabulary] of tokens [batch, sequence]: the model's own ops, but for the mask and the places, which no op adds. */
function gptOutputs(tokens: tf.Tensor, w: Tensors, mask: tf.Tensor): tf.Tensor {
  const { vocabulary, sequence, width, heads } = gptSizes;
  const dense = (x: tf.Tensor, name: string, units: number = width): tf.Tensor =>
    op('dense', [x], {
      parameters: { kernel: w[`${name}.kernel`], bias: w[`${name}.bias`] } as Tensors,
      attributes: { units, bias: true },
    });
  const norm = (x: tf.Tensor, name: string): tf.Tensor =>
    op('layer-norm', [x], { parameters: { gamma: w[`${name}.gamma`], beta: w[`${name}.beta`] } as Tensors, attributes: { epsilon: 1e-5 } });
  const apart = (x: tf.Tensor): tf.Tensor => tf.transpose(tf.reshape(x, [-1, sequence, heads, width / heads]), [0, 2, 1, 3]);
  const embedded = op('embedding', [tokens], { parameters: { table: w.table } as Tensors, attributes: { vocabulary, width } });
  let x = tf.add(embedded, w.places as tf.Tensor);
  const n = norm(x, 'norm1');
  const [q, k, v] = ['query', 'key', 'value'].map(name => apart(dense(n, name))) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.mul(op('matmul', [q, k], { attributes: { transposeA: false, transposeB: true } }), 1 / Math.sqrt(width / heads));
  const weights = op('softmax', [tf.add(scores, mask)]);
  const seen = op('matmul', [weights, v], { attributes: { transposeA: false, transposeB: false } });
  x = tf.add(x, dense(tf.reshape(tf.transpose(seen, [0, 2, 1, 3]), [-1, sequence, width]), 'joined'));
  x = tf.add(x, dense(op('relu', [dense(norm(x, 'norm2'), 'up', 4 * width)]), 'down'));
  return tf.reshape(dense(norm(x, 'norm3'), 'head', vocabulary), [-1, vocabulary]);
}

/** One update of the transformer by Adam; gives the loss. */
export function gptStep(batch: number): () => number {
  const { vocabulary, sequence } = gptSizes;
  const rng = random(1);
  const shapes = gptShapes();
  const variables = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const start = name.endsWith('gamma') ? tf.ones(shape) : upload(normal(rng, shape, { deviation: 0.02 }));
      return [name, tf.variable(start, true, `gpt/${name}`)];
    }),
  );
  const mask = tf.tidy(() => tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([sequence, sequence]), -1, 0)), -1e9));
  const tokens = upload(integers(rng, [batch, sequence], { low: 0, high: vocabulary - 1 }));
  const targets = upload(integers(rng, [batch * sequence], { low: 0, high: vocabulary - 1 }));
  const optimizer = ruleOf('adam').make({});
  const loss = crossEntropy();
  const context = { inputs: tokens, parameters: variables, activations: {} };
  return () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => loss(gptOutputs(tokens, variables, mask), targets, context),
        Object.values(variables),
      );
      optimizer.applyGradients(grads);
      return value.dataSync()[0] as number;
    });
}
