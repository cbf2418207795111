import { zerosOf } from '../../../../lib/deploy/element-types.ts';
import { ends } from '../../../../lib/deploy/integer/stored.ts';
import type { Elements, ElementType, Program, ProgramTensor, Step } from '../../../../lib/deploy/program.ts';
import type { Random } from '../../../../lib/tensor/random.ts';
import { type Shape, sizeOf } from '../../../../lib/tensor/shape.ts';

/** A tensor of the program that is being made, with its index. */
export interface Place {
  readonly index: number;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** Elements of a type: mostly anywhere in its range, the ends more often than chance has them. */
export function randomElements(type: ElementType, length: number, rng: Random): Elements {
  const data = zerosOf(type, length);
  const [low, high] = type === 'bool' ? [0, 1] : (ends[type] ?? [-1000, 1000]);
  for (let i = 0; i < length; i++) {
    const value = rng.int(0, 15) === 0 ? rng.pick([low, high, 0]) : rng.int(low, high);
    if (data instanceof BigInt64Array) data[i] = BigInt(rng.int(-(2 ** 31), 2 ** 31 - 1)) >> BigInt(rng.int(0, 8));
    else data[i] = type === 'float32' ? rng.pick([value / 7, value, value + 0.5, value / 1000]) : value;
  }
  return data;
}

/** A program in the making. What a step reads is chosen among the values that are there, so that programs branch and join. */
export class Builder {
  readonly rng: Random;
  readonly #tensors: ProgramTensor[] = [];
  readonly #steps: Step[] = [];
  readonly #inputs: number[] = [];
  readonly #values: Place[] = [];

  constructor(rng: Random) {
    this.rng = rng;
  }

  /** A value that is there and accepted, or a new input. */
  take(accepts: (place: Place) => boolean, fresh: () => Pick<Place, 'type' | 'shape'>): Place {
    const found = this.#values.filter(accepts);
    if (found.length > 0 && this.rng.int(0, 4) > 0) return this.rng.int(0, 2) > 0 ? (found.at(-1) as Place) : this.rng.pick(found);
    const { type, shape } = fresh();
    const place = this.#add('input', { type, shape });
    this.#inputs.push(place.index);
    this.#values.push(place);
    return place;
  }

  constant(type: ElementType, shape: Shape, data: Elements = randomElements(type, sizeOf(shape), this.rng)): Place {
    return this.#add('constant', { type, shape, data });
  }

  /** A step and the value that it writes. `inputs` of undefined are left out. */
  step(
    op: string,
    inputs: readonly (Place | undefined)[],
    { type, shape, ...attributes }: Pick<Place, 'type' | 'shape'> & Step['attributes'],
  ): Place {
    const output = this.#add(op, { type, shape });
    this.#steps.push({ op, inputs: inputs.map(place => place?.index ?? -1), outputs: [output.index], attributes });
    this.#values.push(output);
    return output;
  }

  /** All that was made. What no step reads is an output, and sometimes one of the others is too. */
  program(): Program {
    const read = new Set(this.#steps.flatMap(({ inputs }) => inputs));
    const written = this.#steps.flatMap(({ outputs }) => outputs);
    const outputs = written.filter(index => !read.has(index) || this.rng.int(0, 7) === 0);
    return { name: 'random', tensors: this.#tensors, steps: this.#steps, inputs: this.#inputs, outputs };
  }

  #add(name: string, tensor: Pick<ProgramTensor, 'type' | 'shape' | 'data'>): Place {
    const index = this.#tensors.push({ name: `${name}-${this.#tensors.length}`, ...tensor }) - 1;
    return { index, type: tensor.type, shape: tensor.shape };
  }
}
