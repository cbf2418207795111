import type { Model } from '../../../model/model.ts';
import { weightNames } from '../../../model/weights.ts';
import { type Evaluate, scoreOf } from '../../../search/objective.ts';
import { turns } from '../../../train/turn.ts';
import { type BitPoint, type BitTableOptions, bitTrials } from './bit-table.ts';

/** What is tried, and how it is scored. */
export interface BitSensitivityOptions extends BitTableOptions {
  /** Scores a model, higher is better: `outputDivergence`, `crossEntropyScore`, or an accuracy. */
  readonly evaluate: Evaluate;
  /** Stops the scan at the next point; default: the interrupt button, in a notebook. */
  readonly signal?: AbortSignal;
  /** Called with each point as it is measured. */
  readonly onPoint?: (point: BitPoint, progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * The sensitivity table Ω: how much the score falls when one parameter alone has so many bits, Ω_i(b) = score(float) - score(layer i at b bits).
 * Cai et al. 2020 (ZeroQ), equation 6, where the score is -KL of the outputs.
 * @throws LabError `quantize/bits`, `quantize/parameter`, `prune/score`, `train/interrupted`.
 * @example
 * const [model, data] = [mlp({ hidden: [16], seed: 1 }), take(strokeGlyphs({ count: 64, seed: 1 }), 32)];
 * const scheme = bits => ({ format: quantize.affineFormat({ bits }) });
 * const points = await bitSensitivity(model, { bits: [2, 8], scheme, evaluate: outputDivergence(model, data.images) });
 * points[0].loss > points[1].loss; // → true
 */
export async function bitSensitivity(model: Model, options: BitSensitivityOptions): Promise<readonly BitPoint[]> {
  const { evaluate, onPoint, bits, parameters = weightNames(model) } = options;
  const turn = turns(options.signal);
  const total = parameters.length * bits.length;
  const points: BitPoint[] = [];
  let whole: number | undefined;
  for (const { quantized, stored: _, ...row } of bitTrials(model, options)) {
    await turn();
    whole ??= await scoreOf(model, evaluate);
    const point = Object.freeze({ ...row, loss: whole - (await scoreOf(quantized, evaluate)) });
    points.push(point);
    onPoint?.(point, { done: points.length, total });
  }
  return points;
}
