import * as tinylab from 'tinylab';
import { withhold, withholdable } from 'tinylab/grading';
import { afterEach, describe, expect, test } from 'vitest';

afterEach(() => withhold([]));

const refused = expect.objectContaining({ code: 'check/withheld' });
const doors = ['deploy', 'distill', 'inspect', 'loops', 'prune', 'quantize', 'search', 'sparse'] as const;

describe('withheld exports', () => {
  test.each([
    ['magnitudeMask', 'prune'],
    ['relativeIndex', 'sparse'],
    ['projectToBudget', 'search'],
    ['diagonalHessian', 'inspect'],
    ['affine', 'quantize'],
    ['lowerModel', 'deploy'],
  ] as const)('%s is absent flat and behind %s, and there again afterwards', (name, door) => {
    const seen = withholdable(tinylab) as unknown as Record<string, Record<string, unknown>>;
    const put = (seen[door] as Record<string, unknown>)[name] as () => unknown;
    withhold([name]);
    expect(() => (seen[door] as Record<string, unknown>)[name]).toThrow(refused);
    expect(put).toThrow(refused);
    if (name in tinylab) expect(() => seen[name]).toThrow(refused);
    withhold([]);
    expect((seen[door] as Record<string, unknown>)[name]).toBe(put);
  });

  test('every family is a door that can be closed', () => {
    const seen = withholdable(tinylab) as unknown as Record<string, Record<string, unknown>>;
    const families = Object.entries(tinylab).filter(([, value]) => Object.prototype.toString.call(value) === '[object Module]');
    expect(families.map(([name]) => name).sort()).toEqual([...doors]);
    for (const [door, exports] of families)
      for (const [name, value] of Object.entries(exports as object)) {
        if (typeof value !== 'function') continue;
        withhold([name]);
        expect(() => (seen[door] as Record<string, unknown>)[name], `${door}.${name}`).toThrow(refused);
      }
  });
});
