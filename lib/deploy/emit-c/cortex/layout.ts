/** A column of the products of one output: the places in a run of inputs whose products one SMLAD adds; -1 is none, a product with 0. */
export type Pair = readonly [low: number, high: number];

/**
 * The order in which a run of int8 numbers lies when SXTB16 widens it: of four bytes 0 and 2 come to lie in one word, 1 and 3 in the next. What is left
 * over, up to three numbers, goes by twos: six numbers go as 0 and 2, 1 and 3, 4 and 5.
 */
export function pairsOf(length: number): readonly Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  for (; at + 4 <= length; at += 4) pairs.push([at, at + 2], [at + 1, at + 3]);
  for (; at < length; at += 2) pairs.push([at, at + 1 < length ? at + 1 : -1]);
  return pairs;
}

/** The pairs of several runs one behind the other. */
export function pairsOfRuns(length: number, runs: number): readonly Pair[] {
  const one = pairsOf(length);
  return Array.from({ length: runs }, (_, run) =>
    one.map(([low, high]): Pair => [low + run * length, high < 0 ? -1 : high + run * length]),
  ).flat();
}

/** A table of numbers as the text of a C initializer, lines of at most about 150 characters. */
export function cNumbers(values: Iterable<number>): string {
  const lines: string[] = [];
  let line = '';
  for (const value of values) {
    const text = value === -(2 ** 31) ? '-2147483647 - 1,' : `${value},`;
    if (line.length + text.length > 148) {
      lines.push(line);
      line = '';
    }
    line += text;
  }
  if (line) lines.push(line);
  return lines.join('\n  ');
}
