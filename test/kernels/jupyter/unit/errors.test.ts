import { stripVTControlCharacters } from 'node:util';
import { LabError } from 'tinylab';
import { expect, test } from 'vitest';
import { describeError } from '../../../../kernels/jupyter/session/errors.ts';

test('an error of the library shows its message, then its hint, also as the cause of another', () => {
  const error = new LabError('a/b', 'what', 'do this');
  const { ename, evalue, traceback } = describeError(error);
  expect([ename, evalue]).toEqual(['LabError', 'what\ndo this']);
  expect(stripVTControlCharacters(traceback.join('\n'))).toMatch(/^LabError: what\ndo this\n {4}at /);
  const around = describeError(new Error('it failed', { cause: error }));
  expect(stripVTControlCharacters(around.traceback.join('\n'))).toContain('Caused by:\nLabError: what\ndo this\n');
});

test('an error without a hint shows its message alone', () => {
  expect(describeError(new LabError('a/b', 'what', '')).evalue).toBe('what');
  expect(describeError(Object.assign(new Error('what'), { hint: 3 })).evalue).toBe('what');
});
