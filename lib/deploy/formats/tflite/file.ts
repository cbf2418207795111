import type { ProgramTensor } from '../../program.ts';
import { openFlatbuffer, type Table } from './flatbuffer.ts';
import { damaged, refuseTflite } from './refuse.ts';
import { modelFields, operatorCodeFields, operatorFields, operators, otherOperators, subgraphFields, type TfliteOp } from './schema.ts';
import { readBuffers, readTensors } from './tensors.ts';

/** An operator as it stands in a file. */
export interface FileOperator {
  readonly op: TfliteOp;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Its table of options, where it has one. */
  readonly options: Table | undefined;
  /** Names it in messages. */
  readonly where: string;
}

/** What a file holds of its one subgraph. */
export interface TfliteFile {
  readonly name: string;
  readonly tensors: readonly ProgramTensor[];
  readonly operators: readonly FileOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const byCode = new Map<number, TfliteOp>(Object.entries(operators).map(([name, { code }]) => [code, name as TfliteOp]));

/** The tables of a .tflite file, each of their bytes checked. @throws LabError `deploy/tflite`. */
export function openTflite(bytes: Uint8Array): TfliteFile {
  const model = openFlatbuffer(bytes, 'TFL3');
  const version = model.uint32(modelFields.version);
  if (version !== 3) refuseTflite(`The file has version ${version} of the format; version 3 is read.`, damaged);
  const graphs = model.tables(modelFields.subgraphs);
  const [graph] = graphs;
  if (!graph || graphs.length > 1)
    return refuseTflite(
      `The file has ${graphs.length} subgraphs; one is read.`,
      'Convert the network without branches, loops and initializers.',
    );
  const tensors = readTensors(graph.tables(subgraphFields.tensors), readBuffers(model.tables(modelFields.buffers)));
  const codes = model.tables(modelFields.operatorCodes).map(codeOf);
  return {
    name: graph.text(subgraphFields.name) || 'main',
    tensors,
    operators: graph.tables(subgraphFields.operators).map((table, index) => operatorOf(table, { index, codes, tensors })),
    inputs: known(graph.int32s(subgraphFields.inputs), 'The subgraph', { tensors }),
    outputs: known(graph.int32s(subgraphFields.outputs), 'The subgraph', { tensors }),
  };
}

interface Code {
  readonly code: number;
  readonly version: number;
  readonly custom: string;
}

/** Codes up to 126 stand in an older field too. */
function codeOf(table: Table): Code {
  const code = Math.max(table.int32(operatorCodeFields.code), table.int8(operatorCodeFields.deprecatedCode));
  return { code, version: table.int32(operatorCodeFields.version, 1), custom: table.text(operatorCodeFields.custom) };
}

function operatorOf(
  table: Table,
  { index, codes, tensors }: { readonly index: number; readonly codes: readonly Code[]; readonly tensors: readonly ProgramTensor[] },
): FileOperator {
  const entry = codes[table.uint32(operatorFields.code)];
  if (!entry) return refuseTflite(`Operator ${index} has no code.`, damaged);
  const { code, version, custom } = entry;
  const op = byCode.get(code);
  if (!op)
    return refuseTflite(
      `Operator ${index} is ${otherOperators[code] ?? `number ${code}`}${custom && ` ${JSON.stringify(custom)}`}, which has no integer form here.`,
      `Operators that are read: ${Object.keys(operators).join(', ')}.`,
    );
  const outputs = known(table.int32s(operatorFields.outputs), `Operator ${index} (${op})`, { tensors });
  const where = `Operator ${index} (${op}, writes ${tensors[outputs[0] ?? -1]?.name ?? 'nothing'})`;
  const { options, version: last } = operators[op];
  if (version < 1 || version > last)
    refuseTflite(`${where} has version ${version}; versions up to ${last} are known.`, 'Convert it for an older runtime.');
  const type = table.uint8(operatorFields.optionsType);
  if ((type !== 0 && type !== options) || table.uint8(operatorFields.options2Type) !== 0)
    refuseTflite(`${where} has options of kind ${type}, which are another operator's.`, damaged);
  return {
    op,
    inputs: known(table.int32s(operatorFields.inputs), where, { tensors, least: -1 }),
    outputs,
    options: type === 0 ? undefined : table.table(operatorFields.options),
    where,
  };
}

/** Indices of tensors, all of which there are; -1 where an input is left out. */
function known(
  indices: readonly number[],
  where: string,
  { tensors, least = 0 }: { readonly tensors: readonly ProgramTensor[]; readonly least?: number },
): readonly number[] {
  const wrong = indices.find(index => index < least || index >= tensors.length);
  if (wrong !== undefined) refuseTflite(`${where} names tensor ${wrong}; there are ${tensors.length}.`, damaged);
  return indices;
}
