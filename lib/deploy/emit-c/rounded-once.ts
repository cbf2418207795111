import type { DenseStep } from '../integer/dense.ts';
import { integerLiteral, plus } from './c-text.ts';
import type { CWriter } from './kernel.ts';
import type { Store } from './store.ts';

// A sum times a real factor, in double precision, rounded to the nearest whole number, halves away from zero. Cores without double precision do that with
// integers: a factor is mantissa · 2^exponent with 2^52 ≤ mantissa < 2^53, the product of it and a sum is rounded to 53 bits as IEEE 754 does it, halves to
// even, and the rest to whole numbers.

/** C of `rounded_once`. */
export const narrowHelper = `/* |x| * mantissa * 2^-right in double precision, mantissa of 53 bits as two words, rounded to a whole number, halves up; at most 2^40 */
static inline int64_t rounded_once(int32_t x, uint32_t high, uint32_t low, int right) {
  uint32_t a = x < 0 ? 0 - (uint32_t)x : (uint32_t)x;
  if (a == 0) return 0;
  uint64_t bottom = (uint64_t)a * low;
  uint64_t top = (uint64_t)a * high + (bottom >> 32);
  uint32_t word = (uint32_t)bottom;
  /* as many bits as a has are too many, or one less */
  int drop = 32 - __builtin_clz(a);
  if (top >> (20 + drop) == 0) drop--;
  uint64_t product = drop == 32 ? top : drop == 0 ? top << 32 | word : top << (32 - drop) | word >> drop;
  uint32_t rest = drop == 0 ? 0 : drop == 32 ? word : word & (((uint32_t)1 << drop) - 1);
  uint32_t half = drop == 0 ? 1 : (uint32_t)1 << (drop - 1);
  if (rest > half || (rest == half && (product & 1))) product++;
  int shift = right - drop;
  uint64_t whole = shift > 62 ? 0 : shift > 0 ? (product + ((uint64_t)1 << (shift - 1))) >> shift : (uint64_t)1 << 40;
  if (whole > (uint64_t)1 << 40) whole = (uint64_t)1 << 40;
  return x < 0 ? -(int64_t)whole : (int64_t)whole;
}`;

/** C of `rounded_once_wide`. */
export const wideHelper = `/* x * factor in double precision, which bits is, rounded to a whole number, halves away from zero; at most 2^40 */
static inline int64_t rounded_once_wide(int64_t x, int64_t bits) {
  double factor;
  __builtin_memcpy(&factor, &bits, sizeof factor);
  double product = (double)(x < 0 ? -x : x) * factor;
  int64_t whole = product >= 1099511627776.0 ? (int64_t)1 << 40 : (int64_t)product;
  if (product < 1099511627776.0 && product - (double)whole >= 0.5) whole++;
  return x < 0 ? -whole : whole;
}`;

const wideClampHelper = `/* the nearest of low ... high */
static inline int32_t clamped_wide(int64_t x, int32_t low, int32_t high) {
  return x < low ? low : x > high ? high : (int32_t)x;
}`;

/** A positive number of double precision as mantissa · 2^-right, the mantissa as two words. Those below 2^-100 give 0 with every sum and have mantissa 2^52. */
export function mantissaOf(factor: number): { readonly high: number; readonly low: number; readonly right: number } {
  if (factor < 2 ** -100) return { high: 2 ** 20, low: 0, right: 127 };
  let exponent = Math.floor(Math.log2(factor));
  while (factor / 2 ** exponent >= 2) exponent++;
  while (factor / 2 ** exponent < 1) exponent--;
  const mantissa = (factor / 2 ** exponent) * 2 ** 52;
  // every product beyond 2^40 is one beyond 2^40
  return { high: Math.floor(mantissa / 2 ** 32), low: mantissa % 2 ** 32, right: Math.max(-127, 52 - exponent) };
}

/** The C of `roundedOnce`, (accumulator, channel) → stored integer. */
export function roundedOnce(attributes: DenseStep, writer: CWriter, { wide }: { readonly wide: boolean }): Store {
  const factors = attributes.factor as readonly number[];
  const { outputZeroPoint, low, high } = attributes;
  const clampWide = (value: string): string =>
    `clamped_wide(${plus(value, outputZeroPoint)}, ${integerLiteral(low)}, ${integerLiteral(high)})`;
  writer.helper('clamped_wide', wideClampHelper);
  const one = factors.every(factor => factor === factors[0]);
  if (wide) {
    writer.helper('rounded_once_wide', wideHelper);
    const bits = writer.constant('factor_bits', 'int64', new BigInt64Array(Float64Array.from(factors).buffer));
    return (sum, channel) => clampWide(`rounded_once_wide(${sum}, ${bits}[${one ? '0' : channel}])`);
  }
  writer.helper('rounded_once', narrowHelper);
  const parts = factors.map(mantissaOf);
  const column = (name: 'high' | 'low' | 'right'): ((channel: string) => string) => {
    const values = parts.map(part => part[name]);
    if (one) return () => (name === 'right' ? `${values[0]}` : `${values[0]}u`);
    const constant = writer.constant(
      `factor_${name}`,
      name === 'right' ? 'int8' : 'int32',
      values.map(value => value | 0),
    );
    return channel => `${name === 'right' ? '' : '(uint32_t)'}${constant}[${channel}]`;
  };
  const [upper, lower, right] = [column('high'), column('low'), column('right')];
  return (sum, channel) => clampWide(`rounded_once(${sum}, ${upper(channel)}, ${lower(channel)}, ${right(channel)})`);
}
