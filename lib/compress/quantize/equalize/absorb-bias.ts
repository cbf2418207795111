import { eachWeight } from '../../../model/channels/along-axis.ts';
import { type Model, nodeOf } from '../../../model/model.ts';
import type { Conv2dAttributes } from '../../../model/ops/conv2d.ts';
import { inferShapes } from '../../../model/shapes.ts';
import { weightValue } from '../../../model/weights.ts';
import { bordersOf } from '../../../model/window.ts';
import type { Shape } from '../../../tensor/shape.ts';
import { addToBias } from './add-to-bias.ts';
import { layerJoints } from './cross-layer.ts';
import type { Joint } from './joints.ts';
import type { OutputStatistics } from './output-statistics.ts';

/** Which biases are moved on. */
export interface AbsorbOptions {
  /** Of the layers' outputs before ReLU: `batchNormStatistics`, divided as equalization divided them, or `outputStatistics`. */
  readonly statistics: OutputStatistics;
  /** c = max(0, mean - deviations · σ); default 3, which 99.865 % of a normal distribution lie above. */
  readonly deviations?: number;
  /** Also where a convolution with a border reads: its zeros then stand for c, so outputs near the border change. Default false. */
  readonly borders?: boolean;
}

/**
 * The model with high biases moved into the next layer: a channel that is above c almost always has ReLU(x) = ReLU(x - c) + c, so c is taken from its
 * bias and W₂c added to the bias of what reads it. Ranges of activations shrink, which large factors of equalization had grown. Outputs stay
 * the same where every value was above c. Between one layer and its readers, with a ReLU and pooling or a flatten. Nagel et al. 2019, section 4.1.3.
 * @throws LabError `quantize/bias` for a bias that is quantized or shared.
 */
export function absorbBias(model: Model, options: AbsorbOptions): Model {
  return layerJoints(model).reduce((absorbed, joint) => absorbOne(absorbed, joint, options), model);
}

const shifts: ReadonlySet<string> = new Set(['relu', 'max-pool', 'average-pool', 'global-average-pool', 'flatten', 'reshape']);

function absorbOne(model: Model, joint: Joint, { statistics, deviations = 3, borders = false }: AbsorbOptions): Model {
  const { makers, readers, values, channels } = joint;
  const maker = makers[0]?.node as string;
  const known = statistics[maker];
  const positions = values[maker] as Int32Array;
  const alone = makers.every(({ node }) => node === maker) && positions.length === channels;
  if (!known || !alone || !passesShifts(model, joint, maker)) return model;
  if (!borders && readers.some(({ node }) => padded(model, node))) return model;
  const c = Float64Array.from(positions, at => Math.max(0, known.mean[at] - deviations * known.deviation[at]));
  if (c.every(shift => shift === 0)) return model;
  const less = new Float64Array(channels);
  for (const [channel, at] of positions.entries()) less[at] = -c[channel];
  return readers.reduce(
    (absorbed, reader) => {
      const kernel = weightValue(model, reader.parameter);
      const added = new Float64Array(inferShapes(model).get(reader.node)?.at(-1) ?? 0);
      eachWeight(kernel, reader, (channel, weight, index) => {
        added[index % added.length] += weight * c[channel];
      });
      return addToBias(absorbed, reader.node, added);
    },
    addToBias(model, maker, less),
  );
}

/**
 * One ReLU behind the layer, and then only what gives x + c for x + c; no transposed convolution at the end, whose outputs see unlike parts of
 * its kernel.
 */
function passesShifts(model: Model, { values, readers }: Joint, maker: string): boolean {
  const between = Object.keys(values).filter(id => id !== maker);
  const nodes = between.map(id => nodeOf(model, id));
  const relus = nodes.filter(({ op }) => op === 'relu');
  return (
    relus.length === 1 &&
    relus[0]?.inputs[0] === maker &&
    nodes.every(({ op, attributes }) => shifts.has(op) && (attributes.padding ?? 'valid') === 'valid') &&
    nodes.every(({ id, inputs }) => id === relus[0]?.id || inputs[0] !== maker) &&
    readers.every(({ node, op }) => op !== 'conv2d-transpose' && nodeOf(model, node).inputs[0] !== maker)
  );
}

function padded(model: Model, id: string): boolean {
  const { attributes, inputs } = nodeOf(model, id);
  if (attributes.kernelSize === undefined) return false;
  const image = inferShapes(model).get(inputs[0] as string) as Shape;
  return bordersOf(image, attributes as unknown as Conv2dAttributes)
    .flat()
    .some(border => border > 0);
}
