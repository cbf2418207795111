import { describe, expect, it } from 'vitest';
import { hessianTraces } from '../../../lib/inspect/hessian-trace.ts';
import { mlp } from '../../../lib/model/mlp.ts';
import { withParameters } from '../../../lib/model/model.ts';
import { array, zeros } from '../../../lib/tensor/array.ts';
import { normal, random } from '../../../lib/tensor/random.ts';
import { meanSquaredError } from '../../../lib/train/losses.ts';

const loss = meanSquaredError();
const linear = mlp({ input: [3], hidden: [], classes: 2, seed: 1 });
const name = 'dense-1.kernel';

describe('the trace of the Hessian', () => {
  it('is exact after one direction where the Hessian is diagonal', () => {
    // H of mean((XW - Y)²) for each of the two outputs: 2 XᵀX / (n · outputs), X with orthogonal columns 2, 3, 5
    const data = { inputs: array([3, 3], [2, 0, 0, 0, 3, 0, 0, 0, 5]), targets: zeros([3, 2]) };
    const diagonal = [4, 9, 25].map(square => (2 * square) / 6);
    const mean = diagonal.reduce((sum, h) => sum + h, 0) / 3;
    expect(hessianTraces(linear, { data, loss, samples: 1 })[name]).toBeCloseTo(mean, 3);
    const mask = array([3, 2], [0, 0, 1, 1, 1, 1]);
    const pruned = withParameters(linear, { [name]: { mask } });
    expect(hessianTraces(pruned, { data, loss, samples: 1 })[name]).toBeCloseTo(((diagonal[1] as number) + (diagonal[2] as number)) / 2, 3);
  });

  it('comes near the trace of any other with more directions, the same for the same seed', () => {
    const inputs = normal(random(4), [20, 3]);
    const data = { inputs, targets: zeros([20, 2]) };
    const mean = (2 * inputs.data.reduce((sum, x) => sum + x * x, 0)) / (40 * 3);
    const estimate = (seed: number): number => hessianTraces(linear, { data, loss, samples: 60, seed })[name] as number;
    expect(Math.abs(estimate(1) / mean - 1)).toBeLessThan(0.15);
    expect(estimate(1)).toBe(estimate(1));
  });

  it('refuses no directions', () => {
    const data = { inputs: zeros([1, 3]), targets: zeros([1, 2]) };
    expect(() => hessianTraces(linear, { data, loss, samples: 0 })).toThrow(expect.objectContaining({ code: 'inspect/samples' }));
  });
});
