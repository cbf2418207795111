import { cholesky } from '../../../inspect/least-squares.ts';
import type { Model } from '../../../model/model.ts';
import { LabError } from '../../../tensor/errors.ts';
import { roundHalfEven } from '../../../tensor/round.ts';
import type { RoundingProblem } from './problem.ts';
import { type ReconstructOptions, reconstructLayers } from './reconstruct-layers.ts';

/** In which order weights are rounded, and how the Hessian is held away from singular. */
export interface GptqOptions {
  /** Share of the mean of the Hessian's diagonal that is added to it; default 0.01. */
  readonly damping?: number;
  /**
   * `activation` (default): inputs with the largest mean square first, while there are the most weights to make up for them; `natural`: as
   * they stand.
   */
  readonly order?: 'activation' | 'natural';
}

/**
 * The model with convolutions and dense layers quantized by GPTQ: see `gptqCodes`. Scales are those of the whole tile, taken before (static
 * groups). The calibration inputs are those of the model as far as it is quantized.
 * @throws LabError `quantize/reconstruct`, `quantize/singular`, `quantize/finite`.
 * @example
 * const model = mlp({ hidden: [8], classes: 10 });
 * const scheme = { format: affineFormat({ bits: 3 }), granularity: group(16) };
 * gptq(model, { scheme, data: strokeGlyphs({ count: 32, seed: 1 }) }).parameters['dense-1.kernel']?.quantization?.bits; // → 3
 */
export function gptq(model: Model, options: ReconstructOptions & GptqOptions): Model {
  return reconstructLayers(model, options, { solve: problem => gptqCodes(problem, options), target: 'own' });
}

/**
 * Codes by GPTQ (Frantar et al. 2023): input by input a row of weights is rounded to the nearest, and the rest of the rows make up for its error as
 * well as they can, w_j ← w_j - U_kj · (w_k - ŵ_k) / U_kk for j > k, where H⁻¹ = UᵀU is the Cholesky decomposition of the inverse of the Hessian H
 * = 2XᵀX + damping. (The 2 changes nothing.)
 * @throws LabError `quantize/singular` when the inputs don't determine the weights, with too little damping.
 */
export function gptqCodes(problem: RoundingProblem, { damping = 0.01, order = 'activation' }: GptqOptions = {}): Int32Array {
  const { rows, columns, scale, zeroPoint, low, high, gram, pruned } = problem;
  const places = Int32Array.from({ length: rows }, (_, k) => k);
  if (order === 'activation') places.sort((a, b) => gram[b * rows + b] - gram[a * rows + a] || a - b);
  const upper = inverseFactor(gram, places, damping);
  if (!upper) return problem.nearest.slice();
  const weight = problem.weight.slice();
  const codes = new Int32Array(weight.length);
  const errors = new Float64Array(columns);
  for (let t = 0; t < rows; t++) {
    const row = places[t] * columns;
    for (let f = 0, i = row; f < columns; f++, i++) {
      const q = roundHalfEven(weight[i] / scale[i]) + zeroPoint[i];
      codes[i] = pruned?.[i] ? zeroPoint[i] : q < low ? low : q > high ? high : q;
      errors[f] = (weight[i] - scale[i] * (codes[i] - zeroPoint[i])) / upper[t * rows + t];
    }
    for (let j = t + 1; j < rows; j++) {
      const factor = upper[t * rows + j];
      const to = places[j] * columns;
      if (factor !== 0) for (let f = 0; f < columns; f++) weight[to + f] -= factor * errors[f];
    }
  }
  return codes;
}

/**
 * The upper triangular U with UᵀU = H⁻¹, rows and columns in this order; nothing where no input is ever other than 0. H = RRᵀ with an upper
 * triangular R is Cholesky's decomposition with the order turned round, and U = R⁻¹.
 */
function inverseFactor(gram: Float64Array, places: Int32Array, damping: number): Float64Array | undefined {
  const n = places.length;
  let mean = 0;
  for (let k = 0; k < n; k++) mean += gram[k * n + k] / n;
  if (mean === 0) return undefined;
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned[i * n + j] = gram[places[n - 1 - i] * n + places[n - 1 - j]];
  const lower = cholesky(turned, n, damping * mean);
  if (!lower)
    throw new LabError(
      'quantize/singular',
      'The inputs of the layer do not determine its weights.',
      'Give more examples, or more damping.',
    );
  return inverseOfUpper(
    Float64Array.from({ length: n * n }, (_, i) => lower[n * n - 1 - i]),
    n,
  );
}

/** R⁻¹ of an upper triangular matrix, from the last row up. */
function inverseOfUpper(r: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = n - 1; i >= 0; i--) {
    inverse[i * n + i] = 1;
    for (let k = i + 1; k < n; k++) {
      const factor = r[i * n + k];
      if (factor !== 0) for (let j = k; j < n; j++) inverse[i * n + j] -= factor * inverse[k * n + j];
    }
    for (let j = i; j < n; j++) inverse[i * n + j] /= r[i * n + i];
  }
  return inverse;
}
