import { int8Kernels } from '../../tensor/native-int8.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { whereOf } from '../check-program.ts';
import { zerosOf } from '../element-types.ts';
import type { Elements, Program, ProgramTensor } from '../program.ts';
import { byReference } from './reference.ts';
import type { Bound, BoundStep, Task } from './step.ts';
import { ways } from './ways.ts';

/** A program bound to arrays for a number of examples: run, it takes what the inputs hold to the outputs. */
export interface Prepared {
  readonly inputs: readonly Elements[];
  readonly outputs: readonly { readonly data: Elements; readonly constant: boolean }[];
  run(): void;
}

export interface PrepareOptions {
  /** Examples that run at once. */
  readonly count: number;
  readonly threads: number;
  /** Whether the kernels in C++ may run. */
  readonly native: boolean;
  /** What the program's steps keep for all counts, by step. */
  readonly kept: Map<string, unknown>;
}

/** Arrays that are used again once nobody needs what they hold. */
class Pool {
  private readonly free: ArrayBufferLike[] = [];

  take(tensor: ProgramTensor, count: number): Elements {
    const length = sizeOf(tensor.shape) * count;
    const sample = zerosOf(tensor.type, 0);
    const bytes = length * sample.BYTES_PER_ELEMENT;
    const fits = this.free.filter(buffer => buffer.byteLength >= bytes).sort((a, b) => a.byteLength - b.byteLength)[0];
    if (!fits) return zerosOf(tensor.type, length);
    this.free.splice(this.free.indexOf(fits), 1);
    return new (sample.constructor as new (buffer: ArrayBufferLike, offset: number, length: number) => Elements)(fits, 0, length);
  }

  give(data: Elements): void {
    this.free.push(data.buffer);
  }
}

/** Binds every step to its arrays. Arrays are shared by tensors that do not live at the same time; a reshaped tensor lies where it lay before. */
export function prepare(program: Program, { count, threads, native, kept }: PrepareOptions): Prepared {
  const { tensors, steps } = program;
  const pool = new Pool();
  const bound: (Bound | undefined)[] = tensors.map(({ shape, type, data }) => data && { shape, type, data, constant: true });
  const kernels = native ? int8Kernels() : undefined;
  const make = (index: number, data?: Elements): Bound => {
    const tensor = tensors[index] as ProgramTensor;
    const value: Bound = { shape: tensor.shape, type: tensor.type, data: data ?? pool.take(tensor, count), constant: false };
    bound[index] = value;
    return value;
  };
  const inputs = program.inputs.map(index => (bound[index] ?? make(index)).data);
  const { roots, last } = lifetimes(program);
  const tasks: Task[] = [];
  for (const [number, step] of steps.entries()) {
    const from = step.inputs.map(index => bound[index]);
    const first = from[0];
    if (step.op === 'reshape' && first?.constant === false) {
      make(step.outputs[0] as number, first.data);
    } else {
      const values: BoundStep = {
        inputs: from,
        outputs: step.outputs.map(index => make(index)),
        attributes: step.attributes,
        where: whereOf(program, step, number),
        ...{ count, threads, kernels },
        once: <T>(key: string, of: () => T): T => {
          const name = `${number} ${key}`;
          if (!kept.has(name)) kept.set(name, of());
          return kept.get(name) as T;
        },
      };
      const task = ways[step.op as keyof typeof ways]?.reduce<Task | undefined>((found, way) => found ?? way(values), undefined);
      tasks.push(task ?? byReference(step.op, values));
    }
    for (const root of new Set([...step.inputs, ...step.outputs].map(index => roots[index]))) {
      const value = bound[root ?? -1];
      if (value && !value.constant && last.get(root as number) === number) pool.give(value.data);
    }
  }
  return {
    inputs,
    outputs: program.outputs.map(index => bound[index] as Bound),
    run() {
      for (const task of tasks) task();
    },
  };
}

/** The tensor whose array each tensor lies in, and the last step that needs such an array; none for what the program gives. */
function lifetimes({ tensors, steps, outputs }: Program): {
  readonly roots: readonly number[];
  readonly last: ReadonlyMap<number, number>;
} {
  const roots = [...tensors.keys()];
  const last = new Map<number, number>();
  for (const [
    number,
    {
      op,
      inputs,
      outputs: [output],
    },
  ] of steps.entries()) {
    const [first] = inputs;
    if (op === 'reshape' && !tensors[first as number]?.data) roots[output as number] = roots[first as number] as number;
    for (const index of [...inputs, output as number]) if (index >= 0) last.set(roots[index] as number, number);
  }
  for (const index of outputs) last.delete(roots[index] as number);
  return { roots, last };
}
