import type { RequantizeAttributes } from '../integer/requantize-attributes.ts';
import { integerLiteral, plus } from './c-text.ts';
import type { CWriter } from './kernel.ts';
import { scaledWideHelper } from './ops-header.ts';

/** (C of an accumulator, C of its channel) → C of the stored integer. */
export type Store = (sum: string, channel: string) => string;

/** What all channels share as a literal, else an element of a constant. */
export function perChannel(
  writer: CWriter,
  { name, type, values }: { readonly name: string; readonly type: 'int8' | 'int32'; readonly values: readonly number[] },
): (channel: string) => string {
  const [first] = values as readonly [number];
  if (values.every(value => value === first)) return () => integerLiteral(first);
  const constant = writer.constant(name, type, values);
  return channel => `${constant}[${channel}]`;
}

/** The C of `requantizer`: clip(Z_y + acc · M). The clamp comes first, with its ends moved, so that the sum cannot overflow. */
export function storeOf(attributes: RequantizeAttributes, writer: CWriter, { wide = false }: { readonly wide?: boolean } = {}): Store {
  const scale = wide ? wideScale(attributes, writer) : narrowScale(attributes, writer);
  const clamp = clampOf(attributes);
  return (sum, channel) => clamp(scale(sum, channel));
}

/** The C of a clamp of `value + zero point`. */
export function clampOf({
  outputZeroPoint,
  low,
  high,
}: Pick<RequantizeAttributes, 'outputZeroPoint' | 'low' | 'high'>): (value: string) => string {
  const end = (value: number): string => integerLiteral(Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), value)));
  return value => plus(`clamped(${value}, ${end(low - outputZeroPoint)}, ${end(high - outputZeroPoint)})`, outputZeroPoint);
}

function narrowScale({ multiplier, shift }: RequantizeAttributes, writer: CWriter): Store {
  const factor = perChannel(writer, { name: 'multiplier', type: 'int32', values: multiplier });
  if (shift.every(bits => bits <= 0)) {
    const right = perChannel(writer, { name: 'right', type: 'int8', values: shift.map(bits => 0 - bits) });
    return (sum, channel) => `scaled_right(${sum}, ${factor(channel)}, ${right(channel)})`;
  }
  const bits = perChannel(writer, { name: 'shift', type: 'int8', values: shift });
  return (sum, channel) => `scaled(${sum}, ${factor(channel)}, ${bits(channel)})`;
}

function wideScale({ multiplier, shift }: RequantizeAttributes, writer: CWriter): Store {
  writer.helper('scaled_wide', scaledWideHelper);
  const reduced = multiplier.map(value => (value < 0x7fff0000 ? (value + 2 ** 15) >> 16 : 0x7fff));
  const factor = perChannel(writer, { name: 'multiplier', type: 'int32', values: reduced });
  const right = perChannel(writer, { name: 'right', type: 'int8', values: shift.map(bits => 15 - bits) });
  return (sum, channel) => `scaled_wide(${sum}, ${factor(channel)}, ${right(channel)})`;
}
