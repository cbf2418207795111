// TensorFlow Lite's fixed-point arithmetic as its C++ has it, in integers of any size: nothing here is shared with the library.

/** gemmlowp, `SaturatingRoundingDoublingHighMul`. */
export function highProduct(a: bigint, b: bigint): bigint {
  if (a === b && a === -(2n ** 31n)) return 2n ** 31n - 1n;
  const product = a * b;
  // BigInt's division cuts towards zero, as C++'s does
  return (product + (product >= 0n ? 2n ** 30n : 1n - 2n ** 30n)) / 2n ** 31n;
}

/** gemmlowp, `RoundingDivideByPOT`. */
export function dividedByPower(x: bigint, exponent: bigint): bigint {
  const mask = 2n ** exponent - 1n;
  const rest = x & mask;
  return (x >> exponent) + (rest > (mask >> 1n) + (x < 0n ? 1n : 0n) ? 1n : 0n);
}

/** `MultiplyByQuantizedMultiplier(int32_t, …)`. */
export function narrowScaled(x: bigint, multiplier: bigint, shift: bigint): bigint {
  const [left, right] = shift > 0n ? [shift, 0n] : [0n, -shift];
  return dividedByPower(highProduct(BigInt.asIntN(32, x << left), multiplier), right);
}

/** `MultiplyByQuantizedMultiplier(int64_t, …)`. */
export function wideScaled(x: bigint, multiplier: bigint, shift: bigint): bigint {
  const reduced = multiplier < 0x7fff0000n ? (multiplier + 2n ** 15n) >> 16n : 0x7fffn;
  const total = 15n - shift;
  // shifts to the left, which the original does not allow, multiply
  const sum = total > 0n ? (x * reduced + 2n ** (total - 1n)) >> total : (x * reduced) << -total;
  return BigInt.asIntN(32, sum);
}

/** A positive double as mantissa · 2^exponent, in whole numbers. */
export function partsOf(value: number): { readonly mantissa: bigint; readonly exponent: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = (bits >> 52n) & 0x7ffn;
  const fraction = bits & (2n ** 52n - 1n);
  return field === 0n ? { mantissa: fraction, exponent: -1074n } : { mantissa: fraction + 2n ** 52n, exponent: field - 1075n };
}
