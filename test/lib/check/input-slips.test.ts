import { inputSlips } from 'tinylab';
import { describe, expect, it } from 'vitest';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
}

const count = ({ inputs, outputs, bias }: Layer): number => inputs * outputs + (bias ? outputs : 0);
const hints = (slips: ReturnType<typeof inputSlips>, got: number): string[] =>
  slips.filter(([value]) => value === got).map(([, hint]) => hint);

describe('mistakes of every formula', () => {
  it('knows a field in the place of another, one that does not count, and a truth value turned round', () => {
    const slips = inputSlips(count, { inputs: 5, outputs: 7, bias: true });
    expect(hints(slips, 5 * 5 + 5)).toEqual(['That is what comes out with `inputs` in the place of `outputs`.']);
    expect(hints(slips, 7)).toEqual(['That is what comes out where `inputs` is 0, whatever it is.']);
    expect(hints(slips, 35)).toEqual(['`bias` is taken the other way round: true for false.']);
    expect(hints(slips, 42)).toEqual([]);
  });

  it('knows a list that is cut short, and one that is read backwards', () => {
    const weighted = (list: readonly number[]): number => list.reduce((sum, value, i) => sum + value * (i + 1), 0);
    const slips = inputSlips(weighted, [2, 30, 500]);
    expect(hints(slips, 30 + 1000)).toEqual(['Your answer is the right one for the list without its first element.']);
    expect(hints(slips, 62)).toEqual(['Your answer is the right one for the list without its last element.']);
    expect(hints(slips, 2)).toEqual(['Your answer is the right one for the first element of the list alone.']);
    expect(hints(slips, 500 + 60 + 6)).toEqual(['Your answer is the right one for the list read backwards.']);
  });

  it('looks into the records of a list, and at each argument apart', () => {
    const total = (layers: readonly Layer[], times: { readonly by: number }): number =>
      times.by * layers.reduce((sum, one) => sum + count(one), 0);
    const layers = [
      { inputs: 2, outputs: 3, bias: false },
      { inputs: 4, outputs: 6, bias: true },
    ];
    const slips = inputSlips(total, layers, { by: 10 });
    expect(hints(slips, 10 * (4 + 16 + 4))).toEqual(['That is what comes out with `inputs` in the place of `outputs`.']);
    expect(hints(slips, 36)).toEqual(['That is what comes out where `by` is 1, whatever it is.']);
    expect(hints(slips, 10 * (24 + 6))).toEqual([
      'Your answer is the right one for argument 1 without its first element.',
      'Your answer is the right one for the last element of argument 1 alone.',
    ]);
  });

  it('leaves out what the formula has no number for', () => {
    const slips = inputSlips(
      ({ a, b }: { a: number; b: number }) => {
        if (b === 1) throw new Error('no 1');
        return a / b;
      },
      { a: 6, b: 3 },
    );
    expect(slips.map(([value]) => value)).toEqual([1, 1, 0, 1 / 3]);
  });
});
