import { sizeOf } from '../../tensor/shape.ts';
import type { Program, ProgramTensor, Step } from '../program.ts';
import type { Reach } from './reach.ts';
import { type Region, sameRegion, sidesOf, wholeOf } from './region.ts';
import type { Stage } from './stage.ts';

/** What a patch computes of a stage: of each tensor the part that is needed, and of each step what makes that part. */
export interface PatchReach {
  /** By tensor: the part that is there while the patch is computed. */
  readonly held: ReadonlyMap<number, Region>;
  /** As many as the stage has steps; undefined for one that nothing needs. */
  readonly reaches: readonly (Reach | undefined)[];
  /** By tensor that leaves the stage: the part that this patch gives. */
  readonly tiles: ReadonlyMap<number, Region>;
}

/** The new program in the making. Tensors of the old one are taken over when something needs them. */
export class PatchWriter {
  readonly #program: Program;
  readonly #tensors: ProgramTensor[] = [];
  readonly #steps: Step[] = [];
  /** Of tensors of the old program their places in the new one. */
  readonly #places = new Map<number, number>();
  /** What each tensor that leaves the stage is so far. */
  readonly #canvases = new Map<number, number>();
  #patches = 0;

  constructor(program: Program) {
    this.#program = program;
    for (const index of program.inputs) this.#place(index);
  }

  /** The steps of one patch. */
  patch({ layers }: Stage, { held, reaches, tiles }: PatchReach): void {
    const number = this.#patches++;
    const parts = new Map<number, number>();
    const own = (index: number): { place: number; region: Region } => {
      const part = parts.get(index);
      if (part !== undefined) return { place: part, region: held.get(index) as Region };
      return { place: this.#place(index), region: wholeOf((this.#program.tensors[index] as ProgramTensor).shape) };
    };
    const views = new Map<string, number>();
    const view = (index: number, region: Region): number => {
      const { place, region: there } = own(index);
      if (sameRegion(region, there)) return place;
      const key = `${index}: ${region}`;
      const made = views.get(key) ?? this.#slice(place, { region, there, name: this.#partName(index, `patch-${number}.${views.size}`) });
      views.set(key, made);
      return made;
    };
    for (const [i, { step }] of layers.entries()) {
      const reach = reaches[i];
      if (!reach) continue;
      const index = step.outputs[0] as number;
      const inputs = step.inputs.map((input, k) => (input < 0 ? -1 : reach.reads[k] ? view(input, reach.reads[k]) : this.#place(input)));
      const output = this.#part(index, { region: reach.computed, name: this.#partName(index, `patch-${number}`) });
      this.#steps.push({ op: step.op, inputs, outputs: [output], attributes: reach.attributes });
      parts.set(index, output);
      const tile = tiles.get(index);
      if (tile) this.#paste(index, view(index, tile), tile);
    }
  }

  /** The other steps, as they are. */
  finish(from: number): Program {
    for (const [index, canvas] of this.#canvases) {
      this.#places.set(index, canvas);
      this.#tensors[canvas] = { ...(this.#tensors[canvas] as ProgramTensor), name: this.#nameOf(index) };
    }
    const place = (index: number): number => (index < 0 ? -1 : this.#place(index));
    for (const { op, inputs, outputs, attributes } of this.#program.steps.slice(from))
      this.#steps.push({ op, inputs: inputs.map(place), outputs: outputs.map(place), attributes });
    const [inputs, outputs] = [this.#program.inputs.map(place), this.#program.outputs.map(place)];
    return { name: this.#program.name, tensors: this.#tensors, steps: this.#steps, inputs, outputs };
  }

  #nameOf(index: number): string {
    return (this.#program.tensors[index] as ProgramTensor).name;
  }

  /** A part's name, short enough for a file. */
  #partName(index: number, part: string): string {
    return `${this.#nameOf(index).slice(0, 480)}/${part}`;
  }

  /** Where a tensor of the old program stands in the new one. */
  #place(index: number): number {
    const known = this.#places.get(index);
    if (known !== undefined) return known;
    const place = this.#tensors.push(this.#program.tensors[index] as ProgramTensor) - 1;
    this.#places.set(index, place);
    return place;
  }

  #part(index: number, { region, name }: { readonly region: Region; readonly name: string }): number {
    const { shape, type, quantization } = this.#program.tensors[index] as ProgramTensor;
    return this.#value({ shape: [shape[0] as number, ...sidesOf(region), shape[3] as number], type, name, quantization });
  }

  #value({
    quantization,
    ...tensor
  }: Pick<ProgramTensor, 'name' | 'shape' | 'type'> & { quantization: ProgramTensor['quantization'] }): number {
    return this.#tensors.push(quantization ? { ...tensor, quantization } : tensor) - 1;
  }

  #slice(from: number, { region, there, name }: { readonly region: Region; readonly there: Region; readonly name: string }): number {
    const { shape, type, quantization } = this.#tensors[from] as ProgramTensor;
    const output = this.#value({ shape: [shape[0] as number, ...sidesOf(region), shape[3] as number], type, name, quantization });
    const begin = [0, region[0][0] - there[0][0], region[1][0] - there[1][0], 0];
    this.#steps.push({ op: 'slice', inputs: [from], outputs: [output], attributes: { begin, strides: [1, 1, 1, 1] } });
    return output;
  }

  #paste(index: number, part: number, tile: Region): void {
    const { shape, type, quantization } = this.#program.tensors[index] as ProgramTensor;
    const canvas = this.#canvases.get(index) ?? -1;
    const whole = sizeOf(shape) === sizeOf((this.#tensors[part] as ProgramTensor).shape);
    if (whole) this.#canvases.set(index, part);
    if (whole) return;
    const output = this.#value({ name: this.#partName(index, `${this.#patches}`), shape, type, quantization });
    this.#steps.push({ op: 'paste', inputs: [canvas, part], outputs: [output], attributes: { at: [tile[0][0], tile[1][0]] } });
    this.#canvases.set(index, output);
  }
}
