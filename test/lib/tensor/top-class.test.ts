import fc from 'fast-check';
import { accuracy, array, network, withParameters } from 'tinylab';
import { describe, expect, it } from 'vitest';
import { shareCorrect } from '../../../lib/check/evaluate.ts';
import { correctCount, topClasses } from '../../../lib/tensor/top-class.ts';
import { upload } from '../../../lib/tensor/upload.ts';
import { correctAnswers } from '../../../lib/train/examples.ts';

const infinity = Number.POSITIVE_INFINITY;

describe('the class of a row', () => {
  it.each([
    ['the highest score', [1, 3, 2], 1],
    ['the first of equals', [0, 2, 2], 1],
    ['none with NaN, wherever it stands', [Number.NaN, 1, 2], -1],
    ['none with NaN behind the highest', [0, 5, Number.NaN], -1],
    ['none with an infinite score', [0, infinity, 1], -1],
    ['none with an infinite score below', [0, -infinity, 1], -1],
  ])('is %s', (_, row, top) => {
    expect([...topClasses(row, 3)]).toEqual([top]);
  });

  it('is right at its label alone, and never without a class', () => {
    expect(correctCount([0, 1, -1, 2], [0, 0, -1, 2])).toBe(2);
  });
});

describe('share correct', () => {
  const score = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.constantFrom(Number.NaN, infinity, -infinity));
  const cases = fc.array(fc.tuple(fc.tuple(score, score, score), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 6 });
  // The net hands its inputs on, so that its scores are the images. NaN and infinities spread over a row, which keeps it wrong.
  const identity = withParameters(network('identity', [1, 1, 3]).flatten().dense(3, { bias: false }).model(), {
    'dense-1.kernel': { value: array([3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1]) },
  });

  it('is the same in training, in measuring and in grading, which refuses scores that are not finite', () => {
    fc.assert(
      fc.property(cases, samples => {
        const scores = array(
          [samples.length, 3],
          samples.flatMap(([row]) => row),
        );
        const labels = array(
          [samples.length],
          samples.map(([, label]) => label),
          'int32',
        );
        const right = samples.filter(([row, label]) => row.every(Number.isFinite) && row.indexOf(Math.max(...row)) === label).length;
        const [outputs, targets] = [upload(scores), upload(labels)];
        expect(correctAnswers(outputs, targets)).toBe(right);
        outputs.dispose();
        targets.dispose();
        expect(accuracy(identity, { images: array([samples.length, 1, 1, 3], scores.data), labels })).toBe(right / samples.length);
        const refused = expect.objectContaining({ code: 'accuracy/finite' });
        if (samples.every(([row]) => row.every(Number.isFinite))) expect(shareCorrect(scores, labels)).toBe(right / samples.length);
        else expect(() => shareCorrect(scores, labels)).toThrow(refused);
      }),
    );
  });
});
