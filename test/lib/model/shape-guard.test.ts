import { expect, test } from 'vitest';
import { network } from '../../../lib/model/build.ts';
import { predict } from '../../../lib/model/forward.ts';
import { opOf } from '../../../lib/model/ops/index.ts';
import type { Op } from '../../../lib/model/ops/op.ts';
import { zeros } from '../../../lib/tensor/array.ts';

test('the tests of this project refuse an op that computes another shape than it infers', () => {
  const relu = opOf('relu') as { infer: Op['infer'] };
  const { infer } = relu;
  const model = network('n', [2, 3, 1]).relu().model();
  try {
    relu.infer = ([shape = []]) => shape.toReversed();
    expect(() => predict(model, zeros([1, 2, 3, 1]))).toThrow(/What relu computes/);
  } finally {
    relu.infer = infer;
  }
  expect(predict(model, zeros([1, 2, 3, 1])).shape).toEqual([1, 2, 3, 1]);
});
