import { question } from 'tinylab';
import { decode, type Wire } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { describe as describeValue } from '../../../lib/check/describe.ts';
import { ask } from './scope.ts';

const noText = { toString: 1, valueOf: 1 };
const throwing = { toString: () => Promise.reject(new Error('never called')) };

const hostile: Record<string, unknown> = {
  'a model whose name is no text': { nodes: [], parameters: {}, name: noText },
  'the same, nested': [1, { nodes: [], parameters: null, name: noText }],
  'a model whose output is no text': { name: 'a', nodes: [], parameters: {}, output: noText },
  'a model whose node reads a record': {
    name: 'a',
    nodes: [{ id: 'a', op: 'relu', attributes: {}, inputs: [noText], parameters: {} }],
    parameters: {},
    output: 'a',
  },
  'an array with a list as data': { shape: [2], dtype: 'float32', data: [1, 2] },
  'an array of no dtype': { shape: [1], dtype: 'toString', data: new Float32Array(1) },
  'an array with null as data': { shape: [2], dtype: 'float32', data: null },
  'keys of Object.prototype': { hasOwnProperty: 1, constructor: 2, toString: 3, valueOf: 4, length: -1 },
  'a text method': throwing.toString,
  nothing: undefined,
  null: null,
};

const fields = question('fields', { points: 2, uses: ['answer'] }, async q => {
  q.equal(await q.call('answer'), { a: [1, 2] }, { known: [[7, 'no']] });
});
const trusting = question('trusting', { points: 2, uses: ['answer'] }, async q => {
  const got = (await q.call('answer')) as { rows: { name: { length: number } }[] };
  q.true((got.rows[0] as { name: { length: number } }).name.length > 0, { asked: 'a name' });
});

describe('values that are made to break a check', () => {
  it.each(Object.keys(hostile))('%s is a failed answer, never a fault of ours', async name => {
    for (const each of [fields, trusting]) {
      const report = await ask(each, { answer: () => hostile[name] });
      expect(report.score).toBe(0);
      expect(['failed', 'refused value']).toContain(report.state);
    }
  });

  it('an exception over a value that came has a state of its own, with a hint and without points', async () => {
    const report = await ask(trusting, { answer: () => ({ rows: [] }) });
    expect(report).toMatchObject({ state: 'refused value', score: 0 });
    expect(report.items[0]).toMatchObject({ reason: 'refused value', hint: expect.stringContaining('the question describes') });
    const hidden = await ask(trusting, { answer: () => ({ rows: [] }) }, { hidden: true });
    expect(hidden.items[0]).not.toHaveProperty('got');
  });

  it('a check that fails before anything came stays our fault', async () => {
    const broken = question('broken', { points: 1, uses: ['answer'] }, async () => {
      throw new TypeError('a slip of the author');
    });
    expect((await ask(broken, { answer: () => 1 })).state).toBe('not gradable');
  });

  it('describe asks no value to become text', () => {
    expect(describeValue({ nodes: [], parameters: {}, name: noText })).toBe(
      '{ nodes: [], parameters: {  }, name: { toString: 1, valueOf: 1 } }',
    );
    expect(describeValue(Object.assign(new Error('x'), { name: noText, message: noText }))).toBe('(no text): (no text)');
  });

  it.each<[string, readonly (readonly [string, Wire])[], string]>([
    [
      'array',
      [
        ['shape', { kind: 'list', items: [2] }],
        ['dtype', 'float32'],
        ['data', null],
      ],
      'codec/array',
    ],
    [
      'model',
      [
        ['nodes', { kind: 'list', items: [] }],
        ['parameters', { kind: 'record', entries: [] }],
      ],
      'codec/model',
    ],
  ])('a record that only looks like one (%s) is refused', (_, entries, code) => {
    expect(() => decode({ kind: 'record', entries })).toThrow(expect.objectContaining({ code }));
  });
});
