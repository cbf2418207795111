import { array, LabError, lab, type NDArray, normal, question, type Random, tf } from 'tinylab';
import { questionOf } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { ask } from './scope.ts';

const twice = (x: NDArray): NDArray =>
  array(
    x.shape,
    Float32Array.from(x.data, v => 2 * v),
  );
const vector = (rng: Random): NDArray => normal(rng, [rng.int(2, 5)]);

const double = question('double', { points: 4, uses: ['double'] }, async q => {
  for (const x of q.cases(3, vector)) {
    q.equal(await q.call('double', x), twice(x), { known: [[x, 'You returned the input.']], hint: 'Times two.' });
  }
});

describe('a function question', () => {
  it('passes a right answer, and says what it asked', async () => {
    const report = await ask(double, { double: twice });
    expect(report).toMatchObject({ question: 'double', title: 'double', points: 4, score: 4, state: 'passed' });
    expect(report.items).toHaveLength(3);
    expect(report.items[0]).toMatchObject({
      id: 'case.1',
      passed: true,
      reason: 'right',
      asked: expect.stringMatching(/^double\(float32 \[\d\]: /),
    });
  });

  it('asks the same for the same seed and something else for another', async () => {
    const asked = async (seed: number) => (await ask(double, { double: twice }, { seed })).items.map(item => item.asked);
    expect(await asked(5)).toEqual(await asked(5));
    expect(await asked(5)).not.toEqual(await asked(6));
  });

  it('recognises a known mistake', async () => {
    const report = await ask(double, { double: (x: NDArray) => x });
    expect(report).toMatchObject({ score: 0, state: 'failed' });
    expect(report.items[0]).toMatchObject({
      reason: 'known mistake',
      hint: 'You returned the input.',
      where: expect.stringMatching(/^\[\d\]$/),
    });
  });

  it('gives expected, got, place and hint of an unforeseen mistake', async () => {
    const fixed = question('one', { points: 1, uses: ['one'] }, async q => {
      q.equal(await q.call('one', 2), { shape: [2], values: [1, 2, 3] }, { hint: 'Count.' });
    });
    const { items } = await ask(fixed, { one: () => ({ shape: [2], values: [1, 2, 4] }) });
    expect(items).toEqual([
      {
        id: 'case.1',
        asked: 'one(2)',
        passed: false,
        hidden: false,
        reason: 'wrong',
        where: 'values[2]',
        expected: '3',
        got: '4',
        hint: 'Only `values` is wrong; everything else of your answer is right. Count.',
        hintFrom: 'pattern',
      },
    ]);
  });

  it.each([
    ['is missing', {}, 'missing', 'double is not defined.'],
    ['is no function', { double: 3 }, 'not a function', 'double should be a function; it is number.'],
    [
      'throws',
      {
        double: () => {
          throw new RangeError('oops');
        },
      },
      'threw',
      'RangeError: oops',
    ],
    [
      'throws a string',
      {
        double: () => {
          throw 'oops';
        },
      },
      'threw',
      'Thrown: oops',
    ],
    [
      'rejects',
      {
        double: async () => {
          throw new LabError('a/b', 'no', 'hint');
        },
      },
      'threw',
      'no',
    ],
    ['returns another kind', { double: () => '2' }, 'wrong kind', 'string: "2"'],
    ['returns nothing', { double: () => {} }, 'wrong kind', 'undefined: undefined'],
    ['returns another shape', { double: () => array([1], [0]) }, 'wrong kind', 'float32 of shape [1]'],
    [
      'returns a class instance',
      { double: () => new (class Foo {})() },
      'not a value',
      'A value of class Foo cannot be handed over (the value).',
    ],
    [
      'returns something endless',
      {
        double: () => {
          const a: unknown[] = [];
          a.push(a);
          return a;
        },
      },
      'not a value',
      'the value[0] contains itself.',
    ],
  ])('fails an answer that %s', async (_, names, ...[reason, got]) => {
    const { score, state, items } = await ask(double, names);
    expect({ score, state }).toEqual({ score: 0, state: 'failed' });
    expect(items[0]).toMatchObject({ passed: false, reason, got });
  });

  it('tells a student of a hidden case the hint and nothing else', async () => {
    const report = await ask(double, { double: (x: NDArray) => x }, { hidden: true });
    expect(report.items[0]).toEqual({
      id: 'case.1',
      asked: 'a hidden case',
      passed: false,
      hidden: true,
      reason: 'known mistake',
      hint: 'You returned the input.',
    });
    const thrown = await ask(
      double,
      {
        double: (x: NDArray) => {
          throw new Error(`the input is ${x.data}`);
        },
      },
      { hidden: true },
    );
    expect(thrown.items).toEqual([{ id: 'case.1', asked: 'a hidden case', passed: false, hidden: true, reason: 'threw' }]);
  });

  it('keeps small arrays that differ, of the first three failures and never of a hidden case', async () => {
    const pair = question('pair', { points: 1, uses: ['pair'] }, async q => {
      for (const n of [1, 2, 3, 4]) q.equal(await q.call('pair', n), array([2, 1], Float32Array.of(n, Number.POSITIVE_INFINITY)));
      q.equal(await q.call('long', 257), array([257], new Float32Array(257).fill(1)));
    });
    const scope = {
      pair: (n: number) => array([2, 1], Float32Array.of(n, Number.NaN)),
      long: (n: number) => array([n], new Float32Array(n)),
    };
    const { items } = await ask(pair, scope);
    const kept = (n: number) => ({ shape: [2, 1], expected: [n, null], got: [n, null] });
    expect(items.map(item => item.arrays)).toEqual([kept(1), kept(2), kept(3), undefined, undefined]);
    const hidden = await ask(pair, scope, { hidden: true });
    expect(hidden.items.map(item => [item.passed, 'arrays' in item])).toEqual(Array(5).fill([false, false]));
  });

  it('gives the student a copy: changing it costs the answer, and no later question', async () => {
    const careless = (x: NDArray) => {
      const result = twice(x);
      x.data.fill(0);
      return result;
    };
    expect((await ask(double, { double: careless })).items[0]).toMatchObject({ passed: false, reason: 'changed input' });
    expect((await ask(double, { double: twice })).state).toBe('passed');
  });
});

describe('values on the way', () => {
  it('sends tensors, takes tensors back as arrays, and leaves none behind', async () => {
    const relu = question('relu', { points: 1, uses: ['relu'] }, async q => {
      const x = array([3], [-1, 0, 2]);
      q.close(await q.call('relu', q.tensor(x)), array([3], [0, 0, 2]));
      q.equal(await q.call('relu', q.tensor(x)), array([3], [0, 0, 2], 'int32'));
    });
    await ask(relu, { relu: (x: tf.Tensor) => tf.relu(x) });
    const before = tf.memory().numTensors;
    const report = await ask(relu, { relu: (x: tf.Tensor) => tf.relu(x) });
    expect(report.state).toBe('passed');
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2);
  });

  it('calls back into the check, counted, only during the call', async () => {
    let late: ((x: number) => Promise<number>) | undefined;
    const search = question('search', { points: 1, uses: ['search'] }, async q => {
      const cost = q.callback(x => (x as number) ** 2, { limit: 3 });
      q.equal(await q.call('search', cost, 3), 9);
      await expect(late?.(2)).rejects.toThrow('no longer valid');
      await q.call(
        'search',
        q.callback(x => x, { limit: 3 }),
        4,
      );
    });
    const names = {
      search: async (cost: (x: number) => Promise<number>, n: number) => {
        late ??= cost;
        let last = 0;
        for (let i = 0; i < n; i++) last = await cost(3);
        return last;
      },
    };
    const report = await ask(search, names);
    expect(report.items.map(item => item.reason)).toEqual(['right', 'threw']);
    expect(report.items[1]?.got).toContain('more than 3 times');
  });

  it('refuses callbacks in hidden cases, as a mistake of the check', async () => {
    const leaky = question(
      'leaky',
      { points: 1, uses: ['f'] },
      async q =>
        void (await q.call(
          'f',
          q.callback(() => 1),
        )),
    );
    expect((await ask(leaky, { f: () => 1 }, { hidden: true })).state).toBe('not gradable');
  });

  it.each([
    [{ dense: { macs: 1 } }, undefined],
    [{ dense: {} }, 'expected a record with the field macs; got {  }'],
    [{ narrow: { macs: 1 } }, 'expected a record with the field dense; got { narrow: { macs: 1 } }'],
    [7, 'expected a record; got 7'],
  ])('names the field that %o lacks', async (value, got) => {
    const form = question(
      'form',
      { points: 1, uses: ['row'] },
      async q => void q.equal(q.field(q.field(await q.read('row'), 'dense'), 'macs'), 1),
    );
    expect((await ask(form, { row: value })).items[0]?.got).toBe(got);
  });

  it('applies functions that come back', async () => {
    const curry = question('adder', { points: 1, uses: ['adder'] }, async q => {
      const add = (await q.call('adder', 2)) as (x: number) => Promise<number>;
      q.equal(await add(40), 42);
    });
    expect((await ask(curry, { adder: (a: number) => (b: number) => a + b })).state).toBe('passed');
  });
});

describe('theory questions', () => {
  const flops = question('flops', { points: 2, uses: ['flops', 'count'] }, async q => {
    await q.part('choice', { points: 1 }, async () => void (await q.choice('flops', 'b', { a: 'A MAC is two operations.' })));
    await q.part(
      'number',
      { points: 1 },
      async () => void (await q.number('count', 100, { known: [[200, 'That counts FLOPs.']], tolerance: 0.01 })),
    );
  });

  it.each([
    [{ flops: 'b', count: 100 }, 2, []],
    [{ flops: ' B ', count: 100.9 }, 2, []],
    [{ flops: 'a', count: 200 }, 0, ['A MAC is two operations.', 'That counts FLOPs.']],
    [{ flops: 'z', count: 98 }, 0, ["Write: const flops = 'a'; with your choice.", undefined]],
    [{ flops: 7, count: '100' }, 0, ["Write: const flops = 'a'; with your choice.", 'Write the number without quotes.']],
    [{ count: 100 }, 1, ['Run the cell that defines flops, or write it.']],
    [
      { flops: 'toString', count: Number.NaN },
      0,
      ["Write: const flops = 'a'; with your choice.", expect.stringContaining('not a number (NaN)')],
    ],
  ])('scores %o with %d', async (names, score, hints) => {
    const report = await ask(flops, names);
    expect(report.score).toBe(score);
    expect(report.items.filter(item => !item.passed).map(item => item.hint)).toEqual(hints);
  });
});

describe('declarations', () => {
  const body = () => {};
  it('refuse ids, points and uses that cannot work', () => {
    const options = { points: 1, uses: ['f'] };
    expect(() => question('a b', options, body)).toThrow('letters, digits');
    expect(() => question('a', { ...options, points: 0 }, body)).toThrow('whole number above 0');
    expect(() => question('a', { ...options, points: 5, bonus: 5 }, body)).toThrow('whole number above 0');
    expect(() => question('a', { ...options, uses: [] }, body)).toThrow('uses is empty');
    expect(() => lab('l', [question('a', options, body), question('a', options, body)])).toThrow('two questions called a');
    expect(() => lab('l', [])).toThrow('no question');
    expect(() => questionOf(lab('l', [question('a', options, body)]), 'b')).toThrow(
      expect.objectContaining({ message: 'Lab l has no question "b".', hint: 'It has: a.' }),
    );
  });
});
