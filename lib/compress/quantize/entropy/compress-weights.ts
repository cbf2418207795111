import { type Model, mapParameters } from '../../../model/model.ts';
import { realShape } from '../../../model/quantization/quantization.ts';
import { LabError } from '../../../tensor/errors.ts';
import { joinedBytes } from '../../../tensor/joined-bytes.ts';
import type { Coding } from './code-table.ts';
import { decodeWeight } from './decode-weight.ts';
import { encodeWeight, type WeightParts } from './encode-weight.ts';

/** How a model's weights are written. */
export interface CompressOptions {
  /** Huffman's code for indices and runs, or every symbol in the same number of bits; default `huffman`. */
  readonly coding?: Coding;
  /** Bits of the run of zeros before a weight, 1–8; default 8 for convolutions and 5 for everything else, as Deep Compression has them. */
  readonly indexBits?: number;
}

/** A model's weights as bytes, and what they are for. */
export interface CompressedWeights {
  readonly bytes: Uint8Array;
  /** Bytes of each part, of all parameters together. */
  readonly parts: Readonly<Record<keyof WeightParts, number>>;
}

/**
 * All parameters as bytes, in the order in which the model has them. A weight that shares one code book of single numbers (`kMeansQuantize`) is written as
 * its entries in float32, and an index for each weight in Huffman's code; a pruned one as the indices of those that are left and the run of zeros
 * before each, where that is shorter. Everything else is float32. Han et al. 2016 (Deep Compression), sections 2 to 4.
 * @throws LabError `quantize/mask` for a pruned weight without an entry that is 0, `prune/index-bits`.
 */
export function compressWeights(model: Model, { coding = 'huffman', indexBits }: CompressOptions = {}): CompressedWeights {
  const all = Object.values(model.parameters).map(parameter => {
    const bits = indexBits ?? (parameter.value.shape.length === 4 ? 8 : 5);
    return encodeWeight(parameter, { coding, indexBits: bits });
  });
  const sum = (part: keyof WeightParts): number => all.reduce((total, parts) => total + parts[part].length, 0);
  return {
    bytes: joinedBytes(all.flatMap(({ header, codebook, tables, values, indices }) => [header, codebook, tables, values, indices])),
    parts: { header: sum('header'), codebook: sum('codebook'), tables: sum('tables'), values: sum('values'), indices: sum('indices') },
  };
}

/**
 * The model with the weights that `compressWeights` wrote of one with the same graph: the same numbers, bit for bit. Parameters that have a mask in
 * `model` have one again, 0 where the number is 0.
 * @throws LabError `quantize/code` for bytes that are those of no such model.
 * @example
 * const model = kMeansQuantize(pruneMagnitude(mlp({ input: [32], hidden: [64], classes: 2, seed: 1 }), { sparsity: 0.9 }), { bits: 4 });
 * const { bytes } = compressWeights(model);
 * const again = decompressWeights(bytes, model);
 * realValue(again.parameters['dense-1.kernel']).data; // → realValue(model.parameters['dense-1.kernel']).data
 */
export function decompressWeights(bytes: Uint8Array, model: Model): Model {
  let at = 0;
  const read = mapParameters(model, old => {
    const { parameter, next } = decodeWeight(bytes, at, {
      shape: realShape(old),
      trainable: old.trainable,
      masked: old.mask !== undefined,
    });
    at = next;
    return parameter;
  });
  if (at === bytes.length) return read;
  throw new LabError(
    'quantize/code',
    `${bytes.length - at} bytes are left when all weights are read.`,
    'Is this the model that they were written of?',
  );
}

/** A model in three states. */
export interface CompressionStages {
  readonly dense: Model;
  readonly pruned: Model;
  /** Its weights share code books, as `kMeansQuantize` makes them. */
  readonly shared: Model;
}

/** One row of the table. */
export interface CompressionStage {
  readonly stage: 'dense' | 'pruned' | 'weights shared' | 'Huffman';
  readonly bytes: number;
  /** How many times as many the dense model has. */
  readonly ratio: number;
  readonly parts: CompressedWeights['parts'];
}

/**
 * Deep Compression, stage by stage: bytes of the dense model, of the pruned one with an index in a fixed number of bits, of the one whose weights share
 * code books, and of that in Huffman's code. Each is the length of bytes from which the model can be read again. Han et al. 2016, table 1.
 * @throws LabError `quantize/mask`, `prune/index-bits`, as `compressWeights`.
 * @example
 * const dense = mlp({ input: [32], hidden: [64], classes: 2, seed: 1 });
 * const pruned = pruneMagnitude(dense, { sparsity: 0.9 });
 * compressionTable({ dense, pruned, shared: kMeansQuantize(pruned, { bits: 4 }) }).map(({ stage }) => stage); // → ['dense', 'pruned', 'weights shared', 'Huffman']
 */
export function compressionTable(
  { dense, pruned, shared }: CompressionStages,
  options: Pick<CompressOptions, 'indexBits'> = {},
): readonly CompressionStage[] {
  const rows = [
    ['dense', dense, 'fixed'],
    ['pruned', pruned, 'fixed'],
    ['weights shared', shared, 'fixed'],
    ['Huffman', shared, 'huffman'],
  ] as const;
  const found = rows.map(([stage, model, coding]) => ({ stage, ...compressWeights(model, { ...options, coding }) }));
  const most = found[0]?.bytes.length ?? 0;
  return found.map(({ stage, bytes, parts }) => ({ stage, bytes: bytes.length, ratio: most / bytes.length, parts }));
}
