import type { Program } from '../../deploy/program.ts';
import { checkedProgram, decodeProgram, encodeProgram, programFormat } from '../../deploy/serialize.ts';
import type { ProgramFileLimits } from '../../deploy/structure.ts';
import type { TaggedWire } from '../wire.ts';
import { type DeliverableKind, kindOf } from './kind.ts';

const fields = ['name', 'tensors', 'steps', 'inputs', 'outputs'];

/** A program of integers: its constants in NAME.safetensors, the rest in NAME.json, which names them, so that a save cut short is refused. */
export const program: DeliverableKind<ProgramFileLimits> = {
  holds: wire => {
    if (kindOf(wire) !== 'record') return false;
    const { entries } = wire as Extract<TaggedWire, { entries: unknown }>;
    return entries.length === fields.length && entries.every(([key]) => fields.includes(key));
  },
  wrote: ({ format }) => format === programFormat,
  encode: value => {
    const { graph, values } = encodeProgram(checkedProgram(value) as Program);
    return [
      ['.safetensors', values],
      ['.json', graph],
    ];
  },
  decode: ({ json, file }, limits) => decodeProgram({ graph: json, values: file('.safetensors') }, limits),
};
