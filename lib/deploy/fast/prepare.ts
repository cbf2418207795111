import { int8Kernels } from '../../tensor/native-int8.ts';
import { sizeOf } from '../../tensor/shape.ts';
import { whereOf } from '../check-program.ts';
import { zerosOf } from '../element-types.ts';
import type { PoolStep } from '../integer/pool.ts';
import type { Elements, Program, ProgramTensor, Step } from '../program.ts';
import { pooledConv2d } from './native/conv.ts';
import { poolsOfConvolutions } from './pooled.ts';
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

/** Which array each tensor of a run has. */
class Arrays {
  readonly bound: (Bound | undefined)[];
  readonly kernels: BoundStep['kernels'];
  private readonly pool = new Pool();

  readonly program: Program;
  private readonly options: PrepareOptions;

  constructor(program: Program, options: PrepareOptions) {
    this.program = program;
    this.options = options;
    this.bound = program.tensors.map(({ shape, type, data }) => data && { shape, type, data, constant: true });
    this.kernels = options.native ? int8Kernels() : undefined;
  }

  make(index: number, data?: Elements): Bound {
    const tensor = this.program.tensors[index] as ProgramTensor;
    const value: Bound = {
      shape: tensor.shape,
      type: tensor.type,
      data: data ?? this.pool.take(tensor, this.options.count),
      constant: false,
    };
    this.bound[index] = value;
    return value;
  }

  /** Nobody reads this tensor any more. */
  release(index: number): void {
    const value = this.bound[index];
    if (value && !value.constant) this.pool.give(value.data);
  }

  /** A step with its arrays; these outputs get new ones. */
  valuesOf(number: number, outputs: readonly number[]): BoundStep {
    const step = this.program.steps[number] as Step;
    const { count, threads, kept } = this.options;
    return {
      inputs: step.inputs.map(index => this.bound[index]),
      outputs: outputs.map(index => this.make(index)),
      attributes: step.attributes,
      where: whereOf(this.program, step, number),
      ...{ count, threads, kernels: this.kernels },
      once: <T>(key: string, of: () => T): T => {
        const name = `${number} ${key}`;
        if (!kept.has(name)) kept.set(name, of());
        return kept.get(name) as T;
      },
    };
  }
}

/** Binds every step to its arrays. Arrays are shared by tensors that do not live at the same time; a reshaped tensor lies where it lay before. */
export function prepare(program: Program, options: PrepareOptions): Prepared {
  const arrays = new Arrays(program, options);
  const inputs = program.inputs.map(index => (arrays.bound[index] ?? arrays.make(index)).data);
  const { roots, last } = lifetimes(program);
  const pooledBy = arrays.kernels ? poolsOfConvolutions(program) : new Map<number, number>();
  const tasks: Task[] = [];
  const done = new Set<number>();
  for (const [number, step] of program.steps.entries()) {
    const poolNumber = pooledBy.get(number);
    const both = poolNumber === undefined ? undefined : pooled(arrays, number, poolNumber);
    if (both) done.add(poolNumber as number);
    const task = both ?? (done.has(number) ? undefined : taskOf(arrays, number));
    if (task) tasks.push(task);
    for (const root of new Set([...step.inputs, ...step.outputs].map(index => roots[index])))
      if (last.get(root as number) === number) arrays.release(root as number);
  }
  return {
    inputs,
    outputs: program.outputs.map(index => arrays.bound[index] as Bound),
    run() {
      for (const task of tasks) task();
    },
  };
}

/** A step as the fastest way that takes it; none for a reshape, which moves nothing. */
function taskOf(arrays: Arrays, number: number): Task | undefined {
  const { op, inputs, outputs } = arrays.program.steps[number] as Step;
  const first = arrays.bound[inputs[0] as number];
  if (op === 'reshape' && first?.constant === false) {
    arrays.make(outputs[0] as number, first.data);
    return undefined;
  }
  const values = arrays.valuesOf(number, outputs);
  const task = ways[op as keyof typeof ways]?.reduce<Task | undefined>((found, way) => found ?? way(values), undefined);
  return task ?? byReference(op, values);
}

/** A convolution and the pool behind it in one task, which writes what the pool gives; undefined where two are better. */
function pooled(arrays: Arrays, number: number, poolNumber: number): Task | undefined {
  const { outputs, attributes } = arrays.program.steps[poolNumber] as Step;
  const task = pooledConv2d(arrays.valuesOf(number, outputs), attributes as unknown as PoolStep);
  if (!task) arrays.release(outputs[0] as number);
  return task;
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
