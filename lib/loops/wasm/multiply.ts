/** A multiplication: of how many lanes, and whether it is one of whole numbers outside of vectors, as most are that compute an address. */
export interface Multiply {
  readonly lanes: number;
  readonly scalarInteger: boolean;
}

const vector = 0xfd00;
const whole: readonly number[] = [0x6c, 0x7e];
const real: readonly number[] = [0x94, 0xa2];
/** Lanes by the number of the instruction: products of lanes, widening ones, and dot products, each of which multiplies every lane of its factors. */
const lanes: ReadonlyMap<number, number> = new Map(
  [
    ...[149, 130, 156, 157, 158, 159, 186].map(code => [code, 8] as const),
    ...[181, 188, 189, 190, 191, 230, 0x105, 0x106].map(code => [code, 4] as const),
    ...[213, 220, 221, 222, 223, 242, 0x107, 0x108].map(code => [code, 2] as const),
    ...[0x112, 0x113].map(code => [code, 16] as const),
  ].map(([code, count]) => [vector + code, count]),
);

/** What an instruction multiplies; undefined when it does not. */
export function multiplyOf(code: number): Multiply | undefined {
  if (whole.includes(code)) return { lanes: 1, scalarInteger: true };
  const found = real.includes(code) ? 1 : lanes.get(code);
  return found === undefined ? undefined : { lanes: found, scalarInteger: false };
}
