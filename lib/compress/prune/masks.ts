import { type Model, type Parameter, withParameters } from '../../model/model.ts';
import { realShape } from '../../model/quantization/quantization.ts';
import { unknownParameter } from '../../model/weights.ts';
import { allocate, array, type NDArray } from '../../tensor/array.ts';
import { LabError } from '../../tensor/errors.ts';
import { assertShape } from '../../tensor/shape.ts';

/** Masks by parameter name, 1 = kept, of the shape of their weight. */
export type Masks = Readonly<Record<string, NDArray>>;

/** The masks of those parameters that have one. */
export function masksOf(model: Model): Masks {
  const masked = Object.entries(model.parameters).filter((entry): entry is [string, Parameter & { mask: NDArray }] => !!entry[1].mask);
  return Object.fromEntries(masked.map(([name, { mask }]) => [name, mask]));
}

/** Share of the weights that a mask prunes, 0–1. */
export function maskSparsity({ data }: NDArray): number {
  let pruned = 0;
  for (let i = 0; i < data.length; i++) pruned += 1 - (data[i] as number);
  return pruned / data.length;
}

/**
 * The model with these masks put on top of those it has, W ← W ∘ M: masked weights are exactly 0, and a weight that was pruned before stays so.
 * Training and saving keep masks. The integers of a quantized weight stay; the numbers that they stand for become 0.
 * @throws LabError `prune/parameter`, `prune/mask` for values other than 0 and 1, `shape/mismatch`.
 * @example
 * const model = mlp({ input: [2], hidden: [], classes: 2, seed: 1 });
 * sparsity(applyMasks(model, { 'dense-1.kernel': array([2, 2], [1, 0, 0, 1], 'uint8') })); // → 0.5
 */
export function applyMasks(model: Model, masks: Masks): Model {
  for (const [name, mask] of Object.entries(masks)) {
    const parameter = model.parameters[name];
    if (!parameter) throw unknownParameter(model, name);
    assertShape(`Mask of ${name}`, realShape(parameter), mask.shape);
    const at = mask.data.findIndex(kept => kept !== 0 && kept !== 1);
    if (at >= 0)
      throw new LabError('prune/mask', `Mask of ${name}: value ${at} is ${mask.data[at]}.`, 'A mask holds 1 (kept) and 0 (pruned).');
  }
  return withMasks(model, masks);
}

/** `applyMasks` for uint8 masks known to fit. */
export function withMasks(model: Model, masks: Masks): Model {
  const changes = Object.entries(masks).map(([name, mask]) => {
    const parameter = model.parameters[name] as Parameter;
    const kept = parameter.mask ? intersection(parameter.mask, mask) : mask.dtype === 'uint8' ? mask : intersection(mask, mask);
    return [name, { mask: kept, ...(parameter.quantization ? {} : { value: masked(parameter.value, kept) }) }] as const;
  });
  return withParameters(model, Object.fromEntries(changes));
}

function intersection(a: NDArray, b: NDArray): NDArray {
  const both = new Uint8Array(a.data.length);
  for (let i = 0; i < both.length; i++) both[i] = (a.data[i] as number) & (b.data[i] as number);
  return array(a.shape, both, 'uint8');
}

/** value ∘ mask, with +0 (never -0) where the mask is 0. */
function masked(value: NDArray, mask: NDArray): NDArray {
  const data = allocate(value.dtype, value.data.length);
  const floats = value.dtype === 'float32';
  const from = floats ? new Int32Array(value.data.buffer, value.data.byteOffset, value.data.length) : value.data;
  const to = floats ? new Int32Array(data.buffer) : data;
  for (let i = 0; i < to.length; i++) to[i] = (from[i] as number) & -(mask.data[i] as number);
  return array(value.shape, data, value.dtype);
}
