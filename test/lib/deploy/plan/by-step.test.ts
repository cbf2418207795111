import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryByStep } from '../../../../lib/deploy/plan/by-step.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import { arbitraryProgram } from '../arbitrary-program.ts';
import { depthwiseChain } from './layers.ts';

const inPlaceDepthwise = true;

it('tells what each step reads, writes and needs for itself', () => {
  const program = depthwiseChain([
    { size: 8, channels: 6, stride: 2 },
    { size: 4, channels: 6 },
  ]);
  const step = { op: 'depthwise-conv2d', others: 0 };
  expect(memoryByStep(program)).toEqual([
    { ...step, name: 'x1', inputs: 384, output: 96, scratch: 0, bytes: 480 },
    { ...step, name: 'y', inputs: 96, output: 96, scratch: 0, bytes: 192 },
  ]);
  expect(memoryByStep(program, { inPlaceDepthwise })).toEqual([
    { ...step, name: 'x1', inputs: 384, output: 0, scratch: 81, bytes: 465 },
    { ...step, name: 'y', inputs: 96, output: 0, scratch: 36, bytes: 132 },
  ]);
  expect(memoryByStep({ ...program, outputs: [3, 6] })[1]).toMatchObject({ inputs: 96, output: 96, others: 0 });
});

it('has its largest at the peak', () => {
  fc.assert(
    fc.property(arbitraryProgram, fc.boolean(), ({ program }, wanted) => {
      const options = { inPlaceDepthwise: wanted };
      expect(Math.max(...memoryByStep(program, options).map(({ bytes }) => bytes))).toBe(peakBytes(program, options));
    }),
    { numRuns: 100 },
  );
});
