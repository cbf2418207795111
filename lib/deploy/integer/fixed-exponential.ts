import { clamped, roundingHighProduct as product, roundingShift } from '../fixed-point.ts';

// Fixed-point functions of gemmlowp (`fixedpoint.h`), on 32-bit integers: a number with i bits before the point is raw · 2^(i - 31).

const saturated = (x: number): number => clamped(x, -(2 ** 31), 2 ** 31 - 1);

/** e^(-2^k) with no bit before the point, for k from -2 to 4. */
const powers = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242] as const;

/** e^a for -1/4 ≤ a < 0, both with no bit before the point: a Taylor polynomial of degree 4 about -1/8. */
function exponentialNearZero(a: number): number {
  const x = a + 2 ** 28;
  const square = product(x, x);
  const cube = product(square, x);
  const fourth = roundingShift(product(square, square), 2);
  const rest = roundingShift(product(fourth + cube, 715827883) + square, 1);
  return saturated(1895147668 + product(1895147668, x + rest));
}

/** e^a for a ≤ 0 with 5 bits before the point, as a number with none. */
export function exponential(a: number): number {
  if (a === 0) return 2 ** 31 - 1;
  const quarter = 2 ** 24;
  const part = (a & (quarter - 1)) - quarter;
  const rest = part - a;
  let result = exponentialNearZero(saturated(part * 2 ** 5));
  for (const [i, power] of powers.entries()) if (rest & (1 << (24 + i))) result = product(result, power);
  return result;
}

/** 1 / (1 + a) for 0 ≤ a < 1, both with no bit before the point: three steps of Newton's method. */
export function reciprocalOfOnePlus(a: number): number {
  const half = Math.trunc((a + 2 ** 31 - 1 + 1) / 2);
  let x = saturated(1515870810 + product(half, -1010580540));
  for (let i = 0; i < 3; i++) x = saturated(x + saturated(product(x, 2 ** 29 - product(half, x)) * 2 ** 2));
  return saturated(x * 2);
}
