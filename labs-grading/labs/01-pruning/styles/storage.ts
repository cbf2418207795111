import type { OtherStyle } from '../../../lab/mutant.ts';

// Right answers to questions 15 and 16, and to the leaderboard, as other people write them.

const ticket = (name: string, body: string): OtherStyle => ({
  question: 'ticket',
  name,
  answer: body,
});
const column = (name: string, answer: string, bytes: string): OtherStyle => ({
  question: 'eie',
  name,
  answer: `${answer}\nconst eieBytes = ${bytes};`,
});

export const storageStyles: readonly OtherStyle[] = [
  ticket(
    'a threshold',
    `function nextTicket({ initial, trained, mask }: Round, rate: number) {
  const alive = Array.from(trained.data).filter((_, i) => mask.data[i]).map(Math.abs).sort((a, b) => a - b);
  const gone = Math.round(alive.length * rate);
  const threshold = gone > 0 ? alive[gone - 1]! : -1;
  const next = mask.data.map((bit, i) => (bit && Math.abs(trained.data[i]!) > threshold ? 1 : 0));
  return { mask: array(mask.shape, next, 'uint8'), weight: array(initial.shape, Float32Array.from(next, (bit, i) => bit * initial.data[i]!)) };
}`,
  ),
  ticket(
    'one after the other',
    `function nextTicket(round: Round, rate: number): { mask: NDArray; weight: NDArray } {
  const bits = [...round.mask.data];
  const kept = bits.reduce((a, b) => a + b, 0);
  for (let gone = 0; gone < Math.round(kept * rate); gone++) {
    let least = -1;
    for (const [i, bit] of bits.entries())
      if (bit === 1 && (least < 0 || Math.abs(round.trained.data[i]!) < Math.abs(round.trained.data[least]!))) least = i;
    bits[least] = 0;
  }
  return { weight: array(round.initial.shape, bits.map((bit, i) => (bit ? round.initial.data[i]! : 0))), mask: array(round.mask.shape, bits, 'uint8') };
}`,
  ),
  ticket(
    'largest first, a mask of floats',
    `const nextTicket = ({ initial, trained, mask }: Round, rate: number) => {
  const alive = [...mask.data.keys()].filter(i => mask.data[i] !== 0);
  const stay = alive.toSorted((a, b) => Math.abs(trained.data[b]!) - Math.abs(trained.data[a]!)).slice(0, alive.length - Math.round(rate * alive.length));
  const bits = new Float32Array(mask.data.length);
  const weight = new Float32Array(mask.data.length);
  for (const i of stay) {
    bits[i] = 1;
    weight[i] = initial.data[i]!;
  }
  return { mask: array(mask.shape, bits), weight: array(mask.shape, weight) };
};`,
  ),
  ticket(
    'squares, 64 bits, async',
    `async function nextTicket({ initial, trained, mask }: Round, rate: number) {
  const size = Float64Array.from(trained.data, (w, i) => (mask.data[i] === 1 ? w * w : Infinity));
  const order = Uint32Array.from(size.keys()).sort((a, b) => size[a]! - size[b]!);
  const kept = Array.from(mask.data).reduce((sum, bit) => sum + bit, 0);
  const next = Uint8Array.from(mask.data);
  order.subarray(0, Math.round(kept * rate)).forEach(i => { next[i] = 0; });
  return { mask: array(mask.shape, next, 'uint8'), weight: array(initial.shape, Array.from(initial.data, (w, i) => w * next[i]!)) };
}`,
  ),
  column(
    'zeros counted back',
    `function encodeColumn(column: number[]) {
  const values: number[] = [];
  const zeros: number[] = [];
  let after = -1;
  column.forEach((value, i) => {
    if (value === 0) return;
    while (i - after - 1 > 15) {
      values.push(0);
      zeros.push(15);
      after += 16;
    }
    values.push(value);
    zeros.push(i - after - 1);
    after = i;
  });
  return { values, zeros };
}`,
    '1200 * 4.5',
  ),
  column(
    'fillers by division',
    `const encodeColumn = (column: number[]): { values: number[]; zeros: number[] } => {
  const places = column.flatMap((value, i) => (value === 0 ? [] : [i]));
  const entries = places.flatMap((place, n) => {
    const run = place - (n === 0 ? 0 : places[n - 1]! + 1);
    const fillers = Array.from({ length: Math.floor(run / 16) }, () => [0, 15] as const);
    return [...fillers, [column[place]!, run % 16] as const];
  });
  return { values: entries.map(([value]) => value), zeros: entries.map(([, zero]) => zero) };
};`,
    '5400',
  ),
  column(
    'entries put in, those at the end taken out',
    `function encodeColumn(column: number[]): { values: number[]; zeros: number[] } {
  const zeros: number[] = [];
  const values: number[] = [];
  let run = 0;
  for (const value of column) {
    if (value === 0 && run !== 15) run++;
    else {
      zeros.push(run);
      values.push(value);
      run = 0;
    }
  }
  while (values.length > 0 && values[values.length - 1] === 0) {
    values.pop();
    zeros.pop();
  }
  return { zeros, values };
}`,
    '(1000 + 200) * 4 + (1000 + 200) / 2',
  ),
  column(
    'recursion, async',
    `async function encodeColumn(column: number[]): Promise<{ values: number[]; zeros: number[] }> {
  const at = column.findIndex(value => value !== 0);
  if (at < 0) return { values: [], zeros: [] };
  const taken = Math.min(at, 15);
  const rest = await encodeColumn(column.slice(taken + 1));
  return { values: [column[taken]!, ...rest.values], zeros: [taken, ...rest.zeros] };
}`,
    '(1200 * 36) / 8',
  ),
  {
    question: 'leaderboard',
    name: 'typed, then a list',
    answer: 'const widths = [...Int32Array.of(7, 6, 19, 21, 64, 50, 59, 113)];',
  },
  {
    question: 'leaderboard',
    name: 'shares of the dense ones',
    answer: `const lessThanDense = [1, 10, 13, 43, 0, 78, 69, 15];
const widths = [8, 16, 32, 64, 64, 128, 128, 128].map((full, i) => full - lessThanDense[i]!);`,
  },
];
