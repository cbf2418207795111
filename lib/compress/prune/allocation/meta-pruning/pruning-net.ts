import type { Dataset } from '../../../../data/dataset.ts';
import { forward } from '../../../../model/forward.ts';
import { mlp } from '../../../../model/mlp.ts';
import { type Model, type Parameter, withParameters } from '../../../../model/model.ts';
import { type Kept, type PruningSpace, ratiosOf } from '../../../../search/kept.ts';
import { array, zeros } from '../../../../tensor/array.ts';
import { random } from '../../../../tensor/random.ts';
import { scope } from '../../../../tensor/scope.ts';
import { type Shape, sizeOf } from '../../../../tensor/shape.ts';
import { tf } from '../../../../tensor/tf.ts';
import { download } from '../../../../tensor/upload.ts';
import { batchTensors, type Examples, examplesOf } from '../../../../train/examples.ts';
import type { NamedTensors } from '../../../../train/hooks.ts';
import { crossEntropy } from '../../../../train/losses.ts';
import { assertReached } from '../../../../train/not-finite.ts';
import { ruleOf, setLearningRate } from '../../../../train/optimizers.ts';
import { openState } from '../../../../train/state.ts';
import { type StepContext, trainStep } from '../../../../train/step.ts';
import { turns } from '../../../../train/turn.ts';

/** A network that writes the weights of pruned networks. */
export interface PruningNet {
  /** The pruned network with the weights that this one gives it. */
  generate(kept: Kept): Model;
}

/** How the network that writes weights is built and trained. */
export interface PruningNetOptions {
  /** Updates, each on another width of every layer; default 300. */
  readonly steps?: number;
  /** Examples in an update; default 64. */
  readonly batchSize?: number;
  /** Units of the hidden layer; default 32. */
  readonly units?: number;
  /** Of Adam; default 0.002. */
  readonly learningRate?: number;
  /** Of first values, widths and order; default 0. */
  readonly seed?: number;
  /** Stops the search at the next update or network; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a PruningNet: two dense layers that map the share of the units left in each part to all weights of the unpruned network; the first ones
 * along each axis are taken. It starts from the weights of `model`. Liu et al. 2019, §3.1. The last layer has weights × units values: for small
 * networks.
 */
export async function trainPruningNet(
  model: Model,
  data: Dataset | Examples,
  options: PruningNetOptions & { readonly space: PruningSpace },
): Promise<PruningNet> {
  const { steps = 300, batchSize = 64, learningRate = 0.002, seed = 0, space, signal } = options;
  const examples = examplesOf(data);
  const generator = startingFrom(model, { space, units: options.units ?? 32, seed });
  const optimizer = ruleOf('adam').make({});
  setLearningRate(optimizer, learningRate);
  const state = openState(generator);
  const rng = random(seed).split('widths');
  const turn = turns(signal);
  try {
    for (let step = 0; step < steps; step++) {
      await turn();
      const kept = Object.fromEntries(
        Object.entries(space.units).map(([name, all]) => [name, rng.int(Math.max(1, Math.ceil(all / 5)), all)]),
      );
      const batch = Array.from({ length: batchSize }, () => rng.int(0, (examples.inputs.shape[0] as number) - 1));
      update(
        { model: generator, optimizer, state, hooks: {} },
        { small: space.keep(kept), widths: widthsOf(space, kept), large: model, ...batchTensors(examples, batch) },
      );
    }
    const written = state.model();
    assertReached(written.parameters, { update: steps, learningRate });
    return netOf(model, { space, generator: written });
  } finally {
    state.dispose();
    optimizer.dispose();
  }
}

interface Batch {
  readonly small: Model;
  readonly large: Model;
  readonly widths: readonly number[];
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

function update(context: Omit<StepContext, 'loss'>, { small, large, widths, x, y }: Batch): void {
  const loss = crossEntropy();
  const input = tf.tensor2d([[...widths]]);
  const step: StepContext = {
    ...context,
    loss: (written, targets, { inputs }) =>
      loss(forward(small, x, { training: true, parameters: weightsFor(small, large, written) }), targets, {
        inputs,
        parameters: {},
        activations: {},
      }),
  };
  try {
    trainStep(step, { x: input, y });
  } finally {
    tf.dispose([input, x, y]);
  }
}

const widthsOf = (space: PruningSpace, kept: Kept): number[] => Object.values(ratiosOf(space, kept)).map(ratio => 1 - ratio);

/** The trained parameters, and where each starts in the row of all values. */
function layout(model: Model): {
  readonly places: ReadonlyMap<string, { readonly from: number; readonly shape: Shape }>;
  readonly total: number;
} {
  const places = new Map<string, { from: number; shape: Shape }>();
  let total = 0;
  for (const [name, { value, trainable }] of Object.entries(model.parameters)) {
    if (!trainable) continue;
    places.set(name, { from: total, shape: value.shape });
    total += sizeOf(value.shape);
  }
  return { places, total };
}

/** The generator whose output is the weights of the model, whatever it reads: they stand in its last bias, and its last kernel is 0. */
function startingFrom(model: Model, { space, units, seed }: { space: PruningSpace; units: number; seed: number }): Model {
  const { places, total } = layout(model);
  const net = mlp({ input: [Object.keys(space.units).length], hidden: [units], classes: total, seed });
  const bias = new Float32Array(total);
  for (const [name, { from }] of places) bias.set((model.parameters[name] as Parameter).value.data as Float32Array, from);
  const { shape } = (net.parameters['dense-2.kernel'] as Parameter).value;
  return withParameters(net, { 'dense-2.bias': { value: array([total], bias) }, 'dense-2.kernel': { value: zeros(shape) } });
}

/** Of what the generator wrote [1, total], the first values along each axis of every parameter, as many as the small network has. */
function weightsFor(small: Model, large: Model, written: tf.Tensor): NamedTensors {
  const weights = [...layout(large).places].map(([name, { from, shape }]) => {
    const whole = tf.slice(written, [0, from], [1, sizeOf(shape)]).reshape([...shape]);
    const wanted = (small.parameters[name] as Parameter).value.shape;
    return [
      name,
      tf.slice(
        whole,
        shape.map(() => 0),
        [...wanted],
      ),
    ];
  });
  return Object.fromEntries(weights);
}

function netOf(model: Model, { space, generator }: { space: PruningSpace; generator: Model }): PruningNet {
  return Object.freeze({
    generate(kept: Kept): Model {
      const small = space.keep(kept);
      const values = scope(() => {
        const written = forward(generator, tf.tensor2d([widthsOf(space, kept)]));
        return Object.entries(weightsFor(small, model, written)).map(([name, tensor]) => [name, { value: download(tensor) }] as const);
      });
      return withParameters(small, Object.fromEntries(values));
    },
  });
}
