import { array, type Model, mlp, type NDArray, normal, question } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

// What a function is given is still there when it has answered: whoever calls it needs it.

const record = { gamma: array([3], [3, 1, 2]), list: [[3, 1], [2]], name: 'x' };
const asked = question('asked', { points: 1, uses: ['f'] }, async q => {
  const model = mlp({ input: [2, 2, 1], hidden: [3], classes: 2, seed: 1 });
  q.equal(await q.call('f', normal(q.rng, [4]), [3, 1, 2], record, Float64Array.of(2, 1), model, q.tensor(array([2], [2, 1]))), 7);
});

type Given = [NDArray, number[], typeof record, Float64Array, Model, { dispose(): void }];

describe('arguments', () => {
  it.each<[string, (...given: Given) => void, string]>([
    ['sorts an array', a => void a.data.sort(), 'argument 1.'],
    ['writes an element', a => void a.data.fill(99, 3), 'argument 1.'],
    ['sorts a list', (_, list) => void list.sort(), 'argument 2 (at [0]).'],
    ['shortens a list', (_, list) => void list.pop(), 'argument 2.'],
    ['empties a list with shift', (_, list) => void list.splice(0), 'argument 2.'],
    ['writes NaN', (_, list) => void list.splice(1, 1, Number.NaN), 'argument 2 (at [1]).'],
    ['sorts an array in a record', (_, __, { gamma }) => void gamma.data.sort(), 'argument 3 (at .gamma).'],
    ['changes a list in a record', (_, __, { list }) => void list[0]?.reverse(), 'argument 3 (at .list[0][0]).'],
    ['adds a field', (_, __, r) => void Object.assign(r, { done: true }), 'argument 3.'],
    ['takes a field away', (_, __, r) => void Reflect.deleteProperty(r, 'name'), 'argument 3.'],
    ['sorts a typed array', (...[, , , typed]) => void typed.sort(), 'argument 4.'],
    [
      'prunes a model where it stands',
      (...[, , , , m]) => void m.parameters['dense-1.kernel']?.value.data.fill(0),
      'argument 5 (at .parameters.dense-1.kernel.value).',
    ],
  ])('a function that %s is told so', async (_, work, place) => {
    const f = (...given: Given): number => {
      work(...given);
      return 7;
    };
    const { score, items } = await ask(asked, { f });
    expect(score).toBe(0);
    expect(items[0]).toMatchObject({
      reason: 'changed input',
      got: `f changed what it was given: ${place}`,
      hint: expect.stringMatching(/copy/),
    });
  });

  it.each<[string, (...given: Given) => void]>([
    ['sorts copies', (a, list, r) => void [a.data.slice().sort(), [...list].sort(), list.toSorted(), { ...r, name: 'y' }]],
    ['reads everything', (...given) => void JSON.stringify(given.slice(0, 4))],
    ['frees the tensor that it was given', (...given) => given[5].dispose()],
  ])('a function that %s is not', async (_, work) => {
    const f = (...given: Given): number => {
      work(...given);
      return 7;
    };
    expect((await ask(asked, { f })).score).toBe(1);
  });

  it('of hidden cases tell nothing of the case', async () => {
    const { items } = await ask(asked, { f: (a: NDArray) => a.data.sort() }, { hidden: true });
    expect(items[0]).toEqual({ id: 'case.1', asked: 'a hidden case', passed: false, hidden: true, reason: 'changed input' });
  });
});
