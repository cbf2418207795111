import { network } from '../../../lib/model/build.ts';
import type { Model } from '../../../lib/model/model.ts';
import type { Padding } from '../../../lib/model/window.ts';
import { LabError } from '../../../lib/tensor/errors.ts';
import { type Random, random } from '../../../lib/tensor/random.ts';

type Net = ReturnType<typeof network>;

/** How drawn layers are written down: a number as padding, or the four that it stands for. */
export type Writing = (padding: Padding) => Padding;

/** A number as the four sides that it stands for. */
export const written: Writing = padding => (typeof padding === 'number' ? [padding, padding, padding, padding] : padding);

/**
 * A net of convolutions, transposed ones, pools and borders whose windows differ along the axes, with branches that meet. Layers that do not fit
 * are left out.
 */
export function windowedNet(seed: number, { size = 9, padding = border => border }: { size?: number; padding?: Writing } = {}): Model {
  const rng = random(seed);
  const net = network(`windows ${seed}`, [size - rng.int(0, 2), size - rng.int(0, 2), rng.int(1, 2)], { seed });
  for (let i = rng.int(1, 4); i > 0; i--) {
    const entry = net.at;
    if (rng.int(0, 2) > 0) {
      attempt(net, rng, padding);
      continue;
    }
    const other = keepingSize(net, rng, padding);
    net.from(entry);
    keepingSize(net, rng, padding);
    net.concat(other);
  }
  return net.model();
}

const pairs = (rng: Random, low: number, high: number): [number, number] => [rng.int(low, high), rng.int(low, high)];
const drawn = (rng: Random): Padding => rng.pick(['same', 'valid', 0, 1, 2, [0, 1, 2, 0], [1, 0, 0, 2]] as const);

function attempt(net: Net, rng: Random, writing: Writing): void {
  const entry = net.at;
  const [kernel, strides, dilations, padding] = [pairs(rng, 1, 3), pairs(rng, 1, 2), pairs(rng, 1, 2), writing(drawn(rng))];
  const layers = [
    () => net.conv2d(rng.int(1, 3), kernel, { strides, dilations, padding }),
    () => net.depthwiseConv2d(kernel, { strides, dilations, padding }),
    () => net.conv2dTranspose(rng.int(1, 3), kernel, { strides, padding }),
    () => net.maxPool(kernel, { strides, padding }),
    () => net.averagePool(kernel, { strides, padding }),
    () => net.pad([1, 0, 2, 1], { mode: rng.pick(['zero', 'replicate'] as const) }),
  ];
  try {
    rng.pick(layers)();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    net.from(entry);
  }
}

/** A layer that leaves height and width as they are: kernels of three with one of border, wider ones by their dilation, or shifted. */
function keepingSize(net: Net, rng: Random, writing: Writing): string {
  const dilation = rng.int(1, 2);
  rng.pick([
    () => net.conv2d(1, 3, { dilations: dilation, padding: writing(dilation) }),
    () => net.conv2d(2, [1, 3], { padding: 'same' }),
    () => net.depthwiseConv2d([3, 1], { padding: [2, 0, 0, 0] }),
    () => net.averagePool(3, { strides: 1, padding: writing(1) }),
    () => net.relu(),
  ])();
  return net.at;
}
