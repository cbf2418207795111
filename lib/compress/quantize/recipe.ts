import { LabError } from '../../tensor/errors.ts';
import type { AffineFormat } from './format/affine.ts';
import type { Scheme } from './quantize-weights.ts';
import { minMax } from './range/min-max.ts';
import type { RangeMethod } from './range/range.ts';
import {
  assertFields,
  type FormatKinds,
  formatMakers,
  type GranularityKinds,
  granularityMakers,
  type KindOf,
  made,
  type RangeKinds,
  type RoundingKinds,
  rangeMakers,
  roundingMakers,
} from './recipe-kinds.ts';

/** How weights are quantized, as plain data. */
export interface WeightRecipe {
  readonly format: KindOf<FormatKinds>;
  /** Default one scale for each output channel. */
  readonly granularity?: KindOf<GranularityKinds>;
  /** Default from the least to the largest weight. */
  readonly range?: KindOf<RangeKinds>;
  /** Default to the nearest. */
  readonly rounding?: KindOf<RoundingKinds>;
}

/** How activations are quantized, as plain data. */
export interface ActivationRecipe {
  /** Integers only: `fake-quantize` nodes have no other. */
  readonly format: KindOf<Pick<FormatKinds, 'affine'>>;
  /** Default from the least to the largest value of the calibration data. */
  readonly range?: KindOf<RangeKinds>;
}

/** What one layer has instead; `null` keeps it in float32. */
export interface LayerRecipe {
  readonly weights?: WeightRecipe | null;
  readonly activations?: ActivationRecipe | null;
}

/** How a model is quantized: plain data that survives JSON. What it does not name stays float32. */
export interface Recipe extends LayerRecipe {
  /** Whether batch norms are worked into the layers before them; default true. */
  readonly foldBatchNorm?: boolean;
  /** By the id of a node: its weights, and the activation that it ends in (after batch norm and ReLU). */
  readonly layers?: Readonly<Record<string, LayerRecipe>>;
}

/** Integers for activations, and where their ranges end. */
export interface ActivationScheme {
  readonly format: AffineFormat;
  readonly range: RangeMethod;
}

/**
 * The weights' scheme that a recipe stands for.
 * @throws LabError `quantize/recipe` with the path in the recipe, and the errors of the techniques.
 */
export function weightScheme(recipe: WeightRecipe, where = 'weights'): Scheme {
  assertFields(recipe, ['format', 'granularity', 'range', 'rounding'], where);
  assertFields(recipe.format, Object.keys(recipe.format ?? {}), `${where}.format`);
  const { format, granularity: own } = made(formatMakers, recipe.format, `${where}.format`);
  if (own && recipe.granularity)
    throw new LabError('quantize/recipe', `${where}.granularity: ${recipe.format.kind} has one of its own.`, 'Leave it out.');
  const granularity = own ?? made(granularityMakers, recipe.granularity ?? { kind: 'channel' }, `${where}.granularity`);
  return {
    format,
    granularity,
    ...(recipe.range && { range: made(rangeMakers, recipe.range, `${where}.range`) }),
    ...(recipe.rounding && { rounding: made(roundingMakers, recipe.rounding, `${where}.rounding`) }),
  };
}

/**
 * The activations' scheme that a recipe stands for.
 * @throws LabError `quantize/recipe` with the path in the recipe, and the errors of the techniques.
 */
export function activationScheme(recipe: ActivationRecipe, where = 'activations'): ActivationScheme {
  assertFields(recipe, ['format', 'range'], where);
  assertFields(recipe.format, ['kind', ...formatMakers.affine.options], `${where}.format`);
  const { kind, ...format } = recipe.format;
  if (kind !== 'affine')
    throw new LabError(
      'quantize/recipe',
      `${where}.format: activations become integers; got ${JSON.stringify(kind)}.`,
      "Take { kind: 'affine', bits: 8 }.",
    );
  made(formatMakers, recipe.format, `${where}.format`);
  return { format, range: recipe.range ? made(rangeMakers, recipe.range, `${where}.range`) : minMax() };
}
