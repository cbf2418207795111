import { describe, expect, it } from 'vitest';
import { mlp } from '../../../lib/model/mlp.ts';
import { choices, oneOf, product } from '../../../lib/search/choices.ts';
import { keptChoices } from '../../../lib/search/kept.ts';
import { lists } from '../../../lib/search/lists.ts';
import { random } from '../../../lib/tensor/random.ts';
import { describeSpace } from './space-contract.ts';

const block = choices({ kernel: [3, 5, 7], expand: [2, 4] });
const net = product({ resolution: oneOf([32, 48, 64]), stages: lists(lists(block, { lengths: [1, 2] }), { lengths: [1] }) });
const pruning = { units: { first: 20, second: 3 }, keep: () => mlp() };

// A space joins the suite by a line.
describeSpace('one value', oneOf(['relu', 'relu6', 'hardSwish']), 3);
describeSpace('bit widths', choices({ 'conv-1': [2, 4, 8], 'conv-2': [4, 8], 'dense-1': [8] }), 6);
describeSpace('lists of several lengths, none among them', lists(oneOf(['a', 'b']), { lengths: [0, 1, 3] }), 1 + 2 + 8);
describeSpace('an elastic network', net, 3 * (6 + 36));
describeSpace('units kept', keptChoices(pruning, { levels: 5 }), 5 * 3);

describe('encodings', () => {
  it('are one-hot, end to end, with zeros for what a shorter list lacks', () => {
    const depth = lists(block, { lengths: [1, 2] });
    expect([...depth.encode([{ kernel: 5, expand: 4 }])]).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]);
    expect(depth.variables).toBe(1 + 2 * 2);
  });
});

describe('mutation', () => {
  it('changes as many choices as its rate says, one by default', () => {
    const names = Array.from({ length: 20 }, (_, i) => `part-${i}`);
    const space = choices(Object.fromEntries(names.map(name => [name, [1, 2, 3]])));
    const rng = random(1);
    const parent = space.sample(rng);
    const changed = (rate?: number): number => {
      let count = 0;
      for (let i = 0; i < 200; i++) {
        const child = space.mutate(parent, rng, rate === undefined ? {} : { rate });
        count += names.filter(name => child[name] !== parent[name]).length;
      }
      return count / 200;
    };
    expect(changed()).toBeCloseTo(1, 0);
    expect(changed(0.3)).toBeCloseTo(6, 0);
    expect(changed(1)).toBe(20);
  });
});

describe('crossing', () => {
  it('takes every choice from one of the parents, about as many from each', () => {
    const names = Array.from({ length: 100 }, (_, i) => `part-${i}`);
    const space = choices(Object.fromEntries(names.map(name => [name, [1, 2]])));
    const [a, b] = [1, 2].map(v => Object.fromEntries(names.map(name => [name, v]))) as [Record<string, number>, Record<string, number>];
    const child = space.crossover(a, b, random(1));
    expect(names.filter(name => child[name] === 1).length).toBeGreaterThan(35);
    expect(names.filter(name => child[name] === 1).length).toBeLessThan(65);
  });
});

describe('units kept', () => {
  it('run from what the maximum leaves to all of them', () => {
    const space = keptChoices(pruning, { levels: 5 });
    expect(space.values).toEqual({ first: [4, 8, 12, 16, 20], second: [1, 2, 3] });
    expect(keptChoices(pruning, { levels: 1, maximum: 1 }).values).toEqual({ first: [1, 20], second: [1, 3] });
  });
});

describe('spaces refuse', () => {
  it.each([
    ['no value', () => oneOf([])],
    ['a value twice', () => choices({ bits: [2, 4, 2] })],
    ['no number', () => choices({ bits: [2, Number.NaN] })],
    ['no name', () => choices({})],
    ['a length that is none', () => lists(block, { lengths: [1.5] })],
    ['a length below 0', () => lists(block, { lengths: [-1] })],
    ['no length', () => lists(block, { lengths: [] })],
    ['a length twice', () => lists(block, { lengths: [2, 2] })],
  ])('%s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'search/space' }));
  });

  it('to encode what is not of them', () => {
    expect(() => block.encode({ kernel: 9 as 3, expand: 2 })).toThrow(expect.objectContaining({ code: 'search/candidate' }));
  });
});
