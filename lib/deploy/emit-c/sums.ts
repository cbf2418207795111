import { sizeOf } from '../../tensor/shape.ts';
import type { Declared } from '../integer/op.ts';
import { isWide, type Numbers } from '../integer/values.ts';
import { endsOf, integerLiteral } from './c-text.ts';
import type { CStep, CWriter } from './kernel.ts';
import { perChannel } from './store.ts';

/** What steps with a kernel have. */
type SumAttributes = { readonly inputZeroPoint: number; readonly weightZeroPoint: readonly number[] };

/** How a layer adds up: the C of its parts. */
export interface Sums {
  /** The type of accumulators: one that cannot overflow, or `uint32_t`, which wraps as the interpreters do. */
  readonly type: 'int32_t' | 'uint32_t' | 'int64_t';
  readonly wide: boolean;
  /** Where a sum begins. */
  readonly bias: (channel: string) => string;
  /** The array of weights. */
  readonly weight: string;
  /** `sum += …;` of an input and a weight. */
  readonly product: (x: string, weight: string, channel: string) => string;
  /** The accumulator as `scaled` takes it. */
  readonly sum: string;
}

/** The parts of a layer [x, weight, bias] with so many output channels, `channelOf` telling which channel weight number i belongs to. */
export function sumsOf(
  step: CStep<SumAttributes>,
  writer: CWriter,
  layer: { readonly channels: number; readonly channelOf: (i: number) => number },
): Sums {
  const { inputs, attributes } = step;
  const [x, weight, bias] = inputs as readonly [Declared, Declared, Declared | undefined];
  const wide = isWide(x, bias);
  const type = wide ? 'int64_t' : fits(step, layer) ? 'int32_t' : 'uint32_t';
  const zero = attributes.inputZeroPoint;
  const zeros = attributes.weightZeroPoint;
  const weightZero = zeros.every(value => value === 0)
    ? undefined
    : perChannel(writer, { name: 'weight_zero', type: 'int32', values: zeros });
  const difference = (value: string, less: string): string =>
    less === '0' ? value : less.startsWith('-') ? `(${value} + ${less.slice(1)})` : `(${value} - ${less})`;
  const cast = type === 'int32_t' ? '' : `(${type})`;
  return {
    type,
    wide,
    bias: biasOf(step, writer, { wide, channels: layer.channels }),
    weight: weight.data ? writer.constant('weight', weight.type, weight.data) : 'x1',
    product: (value, w, channel) =>
      `sum += ${cast}${difference(value, integerLiteral(zero))} * ${cast}${difference(w, weightZero?.(channel) ?? '0')};`,
    sum: type === 'uint32_t' ? '(int32_t)sum' : 'sum',
  };
}

/** The C of the bias of a channel: the last 32 bits, since sums wrap, or all of them. */
function biasOf(
  { inputs: [, , bias] }: CStep<SumAttributes>,
  writer: CWriter,
  { wide, channels }: { readonly wide: boolean; readonly channels: number },
): (channel: string) => string {
  if (!bias) return () => '0';
  if (!bias.data) return channel => (wide ? `x2[${channel}]` : `(int32_t)x2[${channel}]`);
  const values = Array.from(bias.data as BigInt64Array, Number);
  if (!wide)
    return perChannel(writer, { name: 'bias', type: 'int32', values: values.map(value => Number(BigInt.asIntN(32, BigInt(value)))) });
  const name = writer.constant('bias', 'int64', BigInt64Array.from(values, BigInt));
  return channel => (channels === 1 ? `${name}[0]` : `${name}[${channel}]`);
}

/** Whether no sum of a layer, in whatever order it is added up, passes 32 bits. */
function fits(
  { inputs, attributes }: CStep<SumAttributes>,
  { channels, channelOf }: { readonly channels: number; readonly channelOf: (i: number) => number },
): boolean {
  const [x, weight, bias] = inputs as readonly [Declared, Declared, Declared | undefined];
  if (!weight.data || (bias && !bias.data)) return false;
  const [low, high] = endsOf(x.type);
  const most = Math.max(high - attributes.inputZeroPoint, attributes.inputZeroPoint - low);
  const sums = Array.from({ length: channels }, (_, c) => (bias ? Math.abs(Number((bias.data as Numbers)[c])) : 0));
  const data = weight.data as Numbers;
  const zeros = attributes.weightZeroPoint;
  for (let i = 0; i < sizeOf(weight.shape); i++) {
    const c = channelOf(i);
    sums[c] = (sums[c] as number) + most * Math.abs((data[i] as number) - (zeros[zeros.length === 1 ? 0 : c] as number));
  }
  return sums.every(sum => sum < 2 ** 31);
}
