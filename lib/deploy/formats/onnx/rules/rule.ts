import type { Attributes } from '../../../../model/model.ts';
import type { ProgramTensor } from '../../../program.ts';
import type { NodeProto } from '../schema.ts';
import type { StepWriter } from '../step-writer.ts';
import type { Constant } from '../tensors.ts';

/** What the rule of an op reads the geometry of a step from. */
export interface StepReader {
  /** The nodes of the step by part. */
  readonly nodes: ReadonlyMap<string, NodeProto>;
  readonly inputs: readonly ProgramTensor[];
  readonly output: ProgramTensor;
  /** A list of whole numbers, or one, that the attribute of a node holds. */
  ints(part: string, attribute: string): readonly number[];
  int(part: string, attribute: string): number;
  /** The whole numbers of a constant that only this step reads. */
  numbers(part: string): readonly number[];
}

/** How an op stands in ONNX. */
export interface OnnxRule {
  /** Writes at least one node; the last one writes the output. */
  write(step: StepWriter): void;
  /** The attributes that scales and zero points do not give. */
  read(step: StepReader): Attributes;
  /** A constant input as the program has it, where ONNX has it in an order of its own. */
  restore?(i: number, constant: Constant): Constant | undefined;
}
