import { elementTypes, zerosOf } from '../../lib/deploy/element-types.ts';
import type { Elements, ElementType, Program, ProgramTensor, Step } from '../../lib/deploy/program.ts';
import { type Shape, sizeOf } from '../../lib/tensor/shape.ts';
import { type CaseArray, refuseCase } from './case.ts';

/** A case as something to run: a program, what goes in, and what must come out. */
export interface Trial {
  readonly program: Program;
  readonly inputs: readonly Elements[];
  readonly expected: readonly Elements[];
}

/** A tensor of the program that is being made. */
export interface Place {
  readonly index: number;
  readonly shape: Shape;
  readonly type: ElementType;
}

/** The element type of this name. */
export const typeNamed = (name: string): ElementType => elementTypes.find(type => type === name) ?? refuseCase(`there are no elements of type ${name}.`);

/** Numbers as the elements of a type, which must hold them. */
export function elementsFrom(type: ElementType, data: readonly (number | string)[]): Elements {
  const elements = zerosOf(type, data.length);
  for (const [i, value] of data.entries()) {
    if (elements instanceof BigInt64Array) elements[i] = BigInt(value);
    else elements[i] = Number(value);
    if (Number(elements[i]) !== Number(value)) refuseCase(`${value} is no ${type}.`);
  }
  return elements;
}

/** A program in the making, with the numbers of its inputs. */
export class Draft {
  readonly #tensors: ProgramTensor[] = [];
  readonly #steps: Step[] = [];
  readonly #inputs: number[] = [];
  readonly #data: Elements[] = [];

  /** An input of this shape, of all numbers of the array; `type` where it differs from the array's. */
  input(array: CaseArray, shape: Shape, type: ElementType = typeNamed(array.type)): Place {
    if (sizeOf(shape) !== array.length) refuseCase(`an input of shape [${shape}] does not have ${array.length} numbers.`);
    const place = this.#add('input', { shape, type });
    this.#inputs.push(place.index);
    this.#data.push(elementsFrom(type, array.data));
    return place;
  }

  constant(name: string, { shape, type }: Pick<Place, 'shape' | 'type'>, data: readonly (number | string)[]): Place {
    if (sizeOf(shape) !== data.length) refuseCase(`${name} of shape [${shape}] does not have ${data.length} numbers.`);
    return this.#add(name, { shape, type, data: elementsFrom(type, data) });
  }

  step(op: string, inputs: readonly (Place | undefined)[], { shape, type, ...attributes }: Pick<Place, 'shape' | 'type'> & Step['attributes']): Place {
    const output = this.#add(op, { shape, type });
    this.#steps.push({ op, inputs: inputs.map(place => place?.index ?? -1), outputs: [output.index], attributes });
    return output;
  }

  /** The value in another shape, where it differs. */
  shaped(place: Place, shape: Shape): Place {
    if (`${place.shape}` === `${shape}`) return place;
    if (sizeOf(place.shape) !== sizeOf(shape)) refuseCase(`a value [${place.shape}] is no [${shape}].`);
    return this.step('reshape', [place], { shape, type: place.type });
  }

  trial(name: string, output: Place, expected: CaseArray): Trial {
    if (sizeOf(output.shape) !== expected.length) refuseCase(`the output [${output.shape}] does not have the ${expected.length} numbers that are expected.`);
    const program = { name, tensors: this.#tensors, steps: this.#steps, inputs: this.#inputs, outputs: [output.index] };
    return { program, inputs: this.#data, expected: [elementsFrom(output.type, expected.data)] };
  }

  #add(name: string, tensor: Pick<ProgramTensor, 'shape' | 'type' | 'data'>): Place {
    const index = this.#tensors.push({ name: `${name} ${this.#tensors.length}`, ...tensor }) - 1;
    return { index, shape: tensor.shape, type: tensor.type };
  }
}
