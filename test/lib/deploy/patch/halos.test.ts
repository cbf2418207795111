import { describe, expect, it } from 'vitest';
import { patchHalos } from '../../../../lib/deploy/patch/halos.ts';
import { chain } from './programs.ts';

const program = chain([16, 12, 2], [{}, {}, { stride: 2, padding: 1 }]);
const cut = { steps: 3, rows: 2, columns: 2 };

describe('what patches read', () => {
  it('is the input with the halo of all layers, clipped at the border', () => {
    // outputs 0 … 3 of 8 rows see rows up to 7 of the layer before, 8 and 9 of those before that
    expect(patchHalos(program, cut)).toEqual({
      name: 'image',
      height: 16,
      width: 12,
      patches: [
        { rows: [0, 10], columns: [0, 8] },
        { rows: [0, 10], columns: [3, 12] },
        { rows: [5, 16], columns: [0, 8] },
        { rows: [5, 16], columns: [3, 12] },
      ],
    });
  });

  it('may be asked of any value of the stage, and of no other', () => {
    expect(patchHalos(program, { ...cut, value: 'y1' }).patches.map(({ rows }) => rows)).toEqual([
      [0, 8],
      [0, 8],
      [7, 16],
      [7, 16],
    ]);
    for (const value of ['none', 'w0'])
      expect(() => patchHalos(program, { ...cut, value })).toThrow(expect.objectContaining({ code: 'deploy/patch' }));
    expect(() => patchHalos(program, { ...cut, steps: 2, value: 'y2' })).toThrow(/y2/);
    expect(() => patchHalos(program, { ...cut, rows: 9 })).toThrow(expect.objectContaining({ code: 'deploy/patch' }));
  });
});
