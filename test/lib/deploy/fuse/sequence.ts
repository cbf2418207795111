import { fixedPoint } from '../../../../lib/deploy/fixed-point.ts';
import type { ElementType, Program, Step } from '../../../../lib/deploy/program.ts';
import { random } from '../../../../lib/tensor/random.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';
import { Builder, type Place } from '../random/builder.ts';

/** Steps one after the other, each reading what the one before wrote. */
export class Sequence {
  readonly #builder = new Builder(random(3));
  #at: Place;

  constructor(shape: Shape, type: ElementType = 'int8') {
    this.#at = this.#builder.take(
      () => false,
      () => ({ type, shape }),
    );
  }

  pad(paddings: readonly number[], value: number): this {
    return this.#step(
      'pad',
      this.#at.shape.map((size, i) => size + (paddings[2 * i] as number) + (paddings[2 * i + 1] as number)),
      { paddings, value },
    );
  }

  conv(op: 'conv2d' | 'depthwise-conv2d', { zeroPoint = 0, padding = [0, 0] as readonly [number, number] }): this {
    const [, h, w, c] = this.#at.shape as [number, number, number, number];
    const channels = op === 'conv2d' ? 3 : c;
    const weight = this.#builder.constant('int8', op === 'conv2d' ? [channels, 3, 3, c] : [1, 3, 3, c]);
    const attributes = {
      ...grid({ from: zeroPoint, to: 4, scale: 0.004 }),
      strides: [1, 1],
      dilations: [1, 1],
      padding,
      weightZeroPoint: [0],
    };
    return this.#step(op, [1, h + padding[0] - 2, w + padding[1] - 2, channels], { ...attributes, constants: [weight] });
  }

  pool(op: 'max-pool' | 'average-pool', { low = -128 }): this {
    const [, h, w, c] = this.#at.shape as [number, number, number, number];
    return this.#step(op, [1, h - 1, w - 1, c], { window: [2, 2], strides: [1, 1], padding: [0, 0], low, high: 127 });
  }

  dense(depth: number): this {
    const weight = this.#builder.constant('int8', [4, depth]);
    return this.#step('dense', [sizeOf(this.#at.shape) / depth, 4], {
      ...grid({ from: 0, to: 4, scale: 0.004 }),
      weightZeroPoint: [0],
      constants: [weight],
    });
  }

  requantize(options: { from: number; to: number; scale?: number; low?: number; high?: number }): this {
    return this.#step('requantize', this.#at.shape, grid(options));
  }

  lookup(): this {
    return this.#step('lookup', this.#at.shape, { constants: [this.#builder.constant('int8', [256])] });
  }

  reshape(shape: Shape): this {
    return this.#step('reshape', shape, {});
  }

  quantize({ scale, zeroPoint }: { scale: number; zeroPoint: number }): this {
    return this.#step('quantize', this.#at.shape, { scale, outputZeroPoint: zeroPoint, low: -128, high: 127 });
  }

  dequantize({ scale, zeroPoint }: { scale: number; zeroPoint: number }): this {
    return this.#step('dequantize', this.#at.shape, { scale, inputZeroPoint: zeroPoint, type: 'float32' });
  }

  /** The program; it gives the last value alone. */
  program(): Program {
    return { ...this.#builder.program(), outputs: [this.#at.index] };
  }

  #step(op: string, shape: Shape, { constants = [], type = 'int8', ...attributes }: StepParts): this {
    this.#at = this.#builder.step(op, [this.#at, ...constants], { ...(attributes as Step['attributes']), type, shape });
    return this;
  }
}

/** Attributes of a step, the constants that it reads, and the type that it writes. */
interface StepParts {
  readonly constants?: readonly Place[];
  readonly type?: ElementType;
  readonly [attribute: string]: unknown;
}

function grid({
  from,
  to,
  scale = 1,
  low = -128,
  high = 127,
}: {
  from: number;
  to: number;
  scale?: number;
  low?: number;
  high?: number;
}): Step['attributes'] {
  const { multiplier, shift } = fixedPoint(scale);
  return { inputZeroPoint: from, multiplier: [multiplier], shift: [shift], outputZeroPoint: to, low, high };
}
