/**
 * The nearest whole number, halves to the even one, as IEEE 754 rounds by default, and PyTorch, TensorFlow and NumPy do. NaN and the infinities stay.
 * @example
 * [0.5, 1.5, 2.5, -0.5].map(roundHalfEven); // → [0, 2, 2, -0]
 */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor === 0 && x < 0 ? -0 : floor;
  if (rest > 0.5) return floor === -1 ? -0 : floor + 1;
  return floor % 2 === 0 ? floor : floor === -1 ? -0 : floor + 1;
}

/** The nearest whole number, halves away from zero, as C's `round` does: 0.5 → 1, -0.5 → -1. */
export const roundHalfAway = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));
