import { array, type NDArray } from 'tinylab';
import { sum } from './formulas.ts';

// Reference answers of the second half of the lab.

export interface GroupSlips {
  readonly keep?: number;
  readonly importance?: (value: number) => number;
  /** Distance of two members of a group: 1 along a row. */
  readonly stride?: number;
  readonly smallest?: boolean;
}

/** Keeps the most important 2 of every 4 weights that follow each other in a row. */
export function twoOfFour({ shape, data }: NDArray, slips: GroupSlips = {}): NDArray {
  const { keep = 2, importance = Math.abs, stride = 1, smallest = false } = slips;
  const kept = new Uint8Array(data.length);
  for (let block = 0; block < data.length; block += 4 * stride) {
    for (let lane = 0; lane < stride; lane++) {
      const group = [0, 1, 2, 3].map(i => block + lane + i * stride);
      const score = (i: number): number => (smallest ? -1 : 1) * importance(data[i] as number);
      for (const i of group.toSorted((a, b) => score(b) - score(a)).slice(0, keep)) kept[i] = 1;
    }
  }
  return array(shape, kept, 'uint8');
}

/** |w · dL/dw|, divided by their sum over all weights. */
export function snipScores(weight: NDArray, gradient: NDArray): NDArray {
  const scores = Array.from(weight.data, (w, i) => Math.abs(w * (gradient.data[i] as number)));
  const total = sum(scores);
  return array(
    weight.shape,
    Float32Array.from(scores, s => s / total),
  );
}

/** Share of zeros of each channel of activations [batch, height, width, channels]. */
export function zeroShares({ shape, data }: NDArray): number[] {
  const channels = shape[3] as number;
  const counts = new Array<number>(channels).fill(0);
  data.forEach((value, i) => {
    if (value === 0) counts[i % channels] = (counts[i % channels] as number) + 1;
  });
  return counts.map(count => count / (data.length / channels));
}

export interface Round {
  readonly initial: NDArray;
  readonly trained: NDArray;
  readonly mask: NDArray;
}

/** Drops this share of the weights that are still there, the smallest after training first. */
export function nextMask({ trained, mask }: Round, rate: number, ofAll = false): NDArray {
  const alive = Array.from(mask.data.keys()).filter(i => mask.data[i] === 1);
  const drop = Math.round(rate * (ofAll ? mask.data.length : alive.length));
  const order = alive.toSorted((a, b) => Math.abs(trained.data[a] as number) - Math.abs(trained.data[b] as number));
  const kept = Uint8Array.from(mask.data);
  for (const i of order.slice(0, drop)) kept[i] = 0;
  return array(mask.shape, kept, 'uint8');
}

export const times = (values: NDArray, mask: NDArray): NDArray =>
  array(
    values.shape,
    Float32Array.from(values.data, (v, i) => (mask.data[i] ? v : 0)),
  );

export interface Encoded {
  readonly values: readonly number[];
  readonly zeros: readonly number[];
}

/** A column as kept values, each with the number of zeros before it; a run longer than 15 needs a stored zero in between. */
export function encodeColumn(column: readonly number[], longest = 15): Encoded {
  const [values, zeros]: [number[], number[]] = [[], []];
  let run = 0;
  for (const value of column) {
    if (value === 0 && run < longest) run++;
    else {
      values.push(value);
      zeros.push(run);
      run = 0;
    }
  }
  // zeros at the end need no entry; a filler that nothing follows would be one
  while (values.at(-1) === 0) {
    values.pop();
    zeros.pop();
  }
  return { values, zeros };
}
