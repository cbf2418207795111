import { LabError } from '../../tensor/errors.ts';
import { integerOpOf } from '../integer/index.ts';
import type { Declared } from '../integer/op.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';

/** A program while rules change it. Steps keep their numbers; one that is taken out leaves a hole. */
export class ProgramDraft {
  readonly steps: (Step | undefined)[];
  readonly inputs: number[];
  readonly outputs: number[];
  readonly #name: string;
  readonly #tensors: ProgramTensor[];

  constructor({ name, tensors, steps, inputs, outputs }: Program) {
    this.#name = name;
    this.#tensors = [...tensors];
    this.steps = [...steps];
    this.inputs = [...inputs];
    this.outputs = [...outputs];
  }

  tensor(index: number): ProgramTensor {
    return this.#tensors[index] as ProgramTensor;
  }

  /** The index of a tensor that is added. */
  add(tensor: ProgramTensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  /** The number of the step that writes a tensor. */
  writerOf(index: number): number | undefined {
    const found = this.steps.findIndex(step => step?.outputs.includes(index));
    return found < 0 ? undefined : found;
  }

  /** The numbers of the steps that read a tensor. */
  readersOf(index: number): readonly number[] {
    return [...this.steps.keys()].filter(number => this.steps[number]?.inputs.includes(index));
  }

  /** Whether this step is the only one to need a tensor, which it reads once. */
  isOnlyReader(number: number, index: number): boolean {
    const reads = this.steps[number]?.inputs.filter(read => read === index).length;
    return reads === 1 && this.readersOf(index).length === 1 && !this.outputs.includes(index);
  }

  /** Puts a step in the place of another, when its op takes it: says whether it does. */
  replace(number: number, step: Step): boolean {
    if (!this.#accepts(step)) return false;
    this.steps[number] = Object.freeze(step);
    return true;
  }

  /** Lets every step and output that needs one tensor have another. */
  rename(from: number, to: number): void {
    for (const number of this.readersOf(from)) {
      const step = this.steps[number] as Step;
      this.steps[number] = Object.freeze({ ...step, inputs: step.inputs.map(index => (index === from ? to : index)) });
    }
    for (const [i, index] of this.outputs.entries()) if (index === from) this.outputs[i] = to;
  }

  /** Takes out the steps whose results nobody needs, with those before them. */
  dropUnread(): void {
    const needed = new Set(this.outputs);
    for (const number of [...this.steps.keys()].reverse()) {
      const step = this.steps[number];
      if (step?.outputs.some(index => needed.has(index))) for (const index of step.inputs) needed.add(index);
      else this.steps[number] = undefined;
    }
  }

  /** The program with the tensors that are left, in their order. */
  program(): Program {
    const steps = this.steps.filter(step => step !== undefined);
    const used = new Set([...this.inputs, ...this.outputs, ...steps.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])]);
    const kept = [...this.#tensors.keys()].filter(index => used.has(index));
    const place = new Map(kept.map((index, i) => [index, i]));
    const moved = (indices: readonly number[]): readonly number[] => Object.freeze(indices.map(index => place.get(index) ?? -1));
    return Object.freeze({
      name: this.#name,
      tensors: Object.freeze(kept.map(index => this.#tensors[index] as ProgramTensor)),
      steps: Object.freeze(steps.map(step => Object.freeze({ ...step, inputs: moved(step.inputs), outputs: moved(step.outputs) }))),
      inputs: moved(this.inputs),
      outputs: moved(this.outputs),
    });
  }

  #accepts({ op, inputs, outputs, attributes }: Step): boolean {
    const of = (index: number): Declared | undefined => this.#tensors[index];
    try {
      integerOpOf(op).check({ inputs: inputs.map(of), outputs: outputs.map(of) as Declared[], attributes, where: op });
      return true;
    } catch (error) {
      if (error instanceof LabError) return false;
      throw error;
    }
  }
}

/** Changes a draft around one step, or leaves it: says whether it did. The program computes the same bytes afterwards. */
export type FusingRule = (draft: ProgramDraft, number: number) => boolean;
