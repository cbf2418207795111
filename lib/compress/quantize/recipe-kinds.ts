import type { SmallFloatName } from '../../model/quantization/number-formats.ts';
import { LabError } from '../../tensor/errors.ts';
import { type AffineFormat, affineFormat } from './format/affine.ts';
import { fixedPointFormat } from './format/fixed-point.ts';
import { type FloatFormatOptions, floatFormat } from './format/float.ts';
import type { Format } from './format/format.ts';
import { logarithmicFormat } from './format/logarithmic.ts';
import { axis, channel, type Granularity, group, tensor } from './granularity/granularity.ts';
import { type MicroexponentOptions, microexponents } from './granularity/microexponents.ts';
import { type VsQuantOptions, vsQuant } from './granularity/vs-quant.ts';
import { type AciqOptions, aciq } from './range/aciq.ts';
import { type KlOptions, kl } from './range/kl.ts';
import { minMax } from './range/min-max.ts';
import { type MovingAverageOptions, movingAverage } from './range/moving-average.ts';
import { type MseOptions, mse } from './range/mse.ts';
import { percentile } from './range/percentile.ts';
import type { RangeMethod } from './range/range.ts';
import { nearest } from './rounding/nearest.ts';
import type { Rounding } from './rounding/rounding.ts';
import { stochastic } from './rounding/stochastic.ts';

/** What each kind of a format takes: the options of the function that makes it. */
export interface FormatKinds {
  affine: AffineFormat;
  'fixed-point': { readonly bits: number; readonly fraction?: number };
  float: { readonly name: SmallFloatName } & FloatFormatOptions;
  logarithmic: { readonly bits: number };
  /** With a granularity of its own. */
  'vs-quant': VsQuantOptions;
  /** With a granularity of its own. */
  microexponents: { readonly name: 'mx4' | 'mx6' | 'mx9' } & MicroexponentOptions;
}

/** What each kind of a granularity takes. */
export interface GranularityKinds {
  tensor: object;
  channel: object;
  axis: { readonly axis?: number };
  group: { readonly size: number; readonly axis?: number };
}

/** What each kind of a range takes. */
export interface RangeKinds {
  'min-max': object;
  'moving-average': MovingAverageOptions;
  percentile: { readonly percent?: number };
  kl: KlOptions;
  mse: MseOptions;
  aciq: AciqOptions;
}

/** What each kind of rounding takes. */
export interface RoundingKinds {
  nearest: object;
  stochastic: { readonly seed: number };
}

/** One kind as data: its name and its options. */
export type KindOf<Kinds> = { readonly [K in keyof Kinds]: { readonly kind: K } & Kinds[K] }[keyof Kinds];

/** How a kind is made, and the names of its options. */
export interface Maker<Options, Made> {
  readonly options: readonly (keyof Options & string)[];
  make(options: Options): Made;
}

type Makers<Kinds, Made> = { readonly [K in keyof Kinds]: Maker<Kinds[K], Made> };

/** A format, and the granularity of those that have one of their own. */
export interface MadeFormat {
  readonly format: Format;
  readonly granularity?: Granularity;
}

/** Formats by kind. A new one is a line here and in `FormatKinds`. */
export const formatMakers: Makers<FormatKinds, MadeFormat> = {
  affine: { options: ['bits', 'signed', 'symmetric', 'restricted'], make: options => ({ format: affineFormat(options) }) },
  'fixed-point': { options: ['bits', 'fraction'], make: options => ({ format: fixedPointFormat(options) }) },
  float: { options: ['name', 'scaled'], make: ({ name, ...options }) => ({ format: floatFormat(name, options) }) },
  logarithmic: { options: ['bits'], make: options => ({ format: logarithmicFormat(options) }) },
  'vs-quant': { options: ['bits', 'scaleBits', 'vector', 'along', 'channels'], make: vsQuant },
  microexponents: { options: ['name', 'along'], make: ({ name, ...options }) => microexponents(name, options) },
};

/** Granularities by kind. */
export const granularityMakers: Makers<GranularityKinds, Granularity> = {
  tensor: { options: [], make: tensor },
  channel: { options: [], make: channel },
  axis: { options: ['axis'], make: options => axis(options.axis) },
  group: { options: ['size', 'axis'], make: options => group(options.size, options.axis) },
};

/** Range methods by kind. */
export const rangeMakers: Makers<RangeKinds, RangeMethod> = {
  'min-max': { options: [], make: minMax },
  'moving-average': { options: ['momentum', 'delay'], make: movingAverage },
  percentile: { options: ['percent'], make: percentile },
  kl: { options: ['bins'], make: kl },
  mse: { options: ['steps'], make: mse },
  aciq: { options: ['distribution'], make: aciq },
};

/** Roundings by kind. */
export const roundingMakers: Makers<RoundingKinds, Rounding> = {
  nearest: { options: [], make: nearest },
  stochastic: { options: ['seed'], make: stochastic },
};

/**
 * What a record of a recipe says, made; `where` is its path in the recipe.
 * @throws LabError `quantize/recipe` for an unknown kind or option, and the errors of what is made, with the path.
 */
export function made<Kinds, Made>(makers: Makers<Kinds, Made>, record: KindOf<Kinds>, where: string): Made {
  const { kind, ...options } = record as unknown as { readonly kind: string } & Record<string, unknown>;
  const maker = Object.hasOwn(makers, kind) ? (makers as unknown as Record<string, Maker<object, Made>>)[kind] : undefined;
  if (!maker)
    throw new LabError(
      'quantize/recipe',
      `${where}: there is no kind ${JSON.stringify(kind)}.`,
      `There are ${Object.keys(makers).join(', ')}.`,
    );
  assertFields(options, maker.options, `${where} (${kind})`);
  try {
    return maker.make(options);
  } catch (error) {
    if (error instanceof LabError) throw new LabError(error.code, `${where}: ${error.message}`, error.hint);
    throw error;
  }
}

/**
 * Refuses fields that nobody reads: a slip of the pen must not mean a default.
 * @throws LabError `quantize/recipe`.
 */
export function assertFields(record: unknown, fields: readonly string[], where: string): void {
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw new LabError(
      'quantize/recipe',
      `${where} is a record; got ${JSON.stringify(record)}.`,
      'A recipe is plain data: { weights: { format: { kind: … } } }.',
    );
  const unknown = Object.keys(record).find(field => !fields.includes(field));
  if (unknown !== undefined)
    throw new LabError(
      'quantize/recipe',
      `${where} has no option ${JSON.stringify(unknown)}.`,
      fields.length > 0 ? `It has ${fields.join(', ')}.` : 'It has none.',
    );
}
