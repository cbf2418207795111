import { suspect } from '../largest.ts';
import { presentKernel, registerKernel } from '../register.ts';
import { tf } from '../tfjs.ts';

// TensorFlow's order has no place for NaN, and where it comes depends on how many are asked for. Here NaN stands above all, as in PyTorch.

interface Attributes {
  readonly k: number;
}

const native = presentKernel('TopK');

registerKernel<Attributes>('TopK', (inputs, attributes) => {
  const { x } = inputs as { x: tf.Tensor };
  return tf.tidy(() => (suspect(x) ? ranked(x, attributes) : native({ x }, attributes)));
});

/** By the definition: NaN first, then the larger, of equals the one that stands first. */
function ranked(x: tf.Tensor, { k }: Attributes): tf.Tensor[] {
  const values = x.dataSync();
  const width = x.shape.at(-1) as number;
  const order: number[] = [];
  for (let row = 0; row < values.length; row += width) {
    const score = (at: number): number => values[row + at];
    const places = Array.from({ length: width }, (_, at) => at);
    places.sort((a, b) => Number(Number.isNaN(score(b))) - Number(Number.isNaN(score(a))) || above(score(a), score(b)));
    order.push(...places.slice(0, k));
  }
  const shape = [...x.shape.slice(0, -1), k];
  const found = order.map((at, i) => values[Math.floor(i / k) * width + at]);
  return [tf.tensor(found, shape, 'float32'), tf.tensor(order, shape, 'int32')];
}

/** Whether b stands above a: equal infinities have a difference of NaN. */
const above = (a: number, b: number): number => (a < b ? 1 : a > b ? -1 : 0);
