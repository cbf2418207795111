import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import type { Program, Step } from '../../../../lib/deploy/program.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { array } from '../../../../lib/tensor/array.ts';
import { arbitraryProgram, opNames, randomInputs, randomProgram } from '../arbitrary-program.ts';
import { goldenTrials, hasNetworks, networkNames } from '../golden-networks.ts';
import { Sequence } from './sequence.ts';

const opsOf = ({ steps }: Program): readonly string[] => steps.map(({ op }) => op);

/** Fuses, and holds every interpreter's bytes before against those behind. */
function fused(program: Program, seed = 1): Program {
  const result = fuseProgram(program);
  assertProgram(result);
  expect(result.inputs.length).toBe(program.inputs.length);
  const inputs = randomInputs(program, { seed, count: 3 });
  expect(runProgram(result, inputs)).toEqual(runProgram(program, inputs));
  expect(runProgram(result, inputs, { interpreter: 'reference' })).toEqual(runProgram(program, inputs, { interpreter: 'reference' }));
  return result;
}

describe('borders', () => {
  it('become the padding of a convolution when they are its zero', () => {
    for (const op of ['conv2d', 'depthwise-conv2d'] as const) {
      const net = (value: number): Program =>
        new Sequence([1, 5, 6, 2])
          .pad([0, 0, 1, 2, 2, 0, 0, 0], value)
          .conv(op, { zeroPoint: -7, padding: [1, 0] })
          .program();
      const { steps } = fused(net(-7));
      expect(steps.map(step => [step.op, step.attributes.padding])).toEqual([[op, [2, 2]]]);
      expect(opsOf(fused(net(-6)))).toEqual(['pad', op]);
    }
  });

  it('of channels or images stay', () => {
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pad([0, 0, 1, 1, 1, 1, 0, 1], -7).conv('conv2d', { zeroPoint: -7 }).program()))).toEqual([
      'pad',
      'conv2d',
    ]);
  });

  it('become the padding of a maximum when they never are one', () => {
    const net = (value: number, low: number): Program =>
      new Sequence([1, 5, 6, 2]).pad([0, 0, 1, 0, 1, 0, 0, 0], value).pool('max-pool', { low }).program();
    expect(opsOf(fused(net(-128, -128)))).toEqual(['max-pool']);
    expect(opsOf(fused(net(-10, 0)))).toEqual(['max-pool']);
    expect(opsOf(fused(net(-10, -128)))).toEqual(['pad', 'max-pool']);
  });

  it('stay before a mean, which counts them, and before a maximum that would have windows without an image', () => {
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pad([0, 0, 1, 0, 1, 0, 0, 0], -128).pool('average-pool', {}).program()))).toEqual([
      'pad',
      'average-pool',
    ]);
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pad([0, 0, 4, 0, 1, 0, 0, 0], -128).pool('max-pool', {}).program()))).toEqual([
      'pad',
      'max-pool',
    ]);
  });
});

describe('steps that move and clamp', () => {
  it('become part of the step before', () => {
    const net = new Sequence([1, 5, 6, 2]).conv('conv2d', { zeroPoint: 3 }).requantize({ from: 4, to: -20, low: -20, high: 90 });
    const [step] = fused(net.program()).steps as [Step];
    expect([step.op, step.attributes.outputZeroPoint, step.attributes.low, step.attributes.high]).toEqual(['conv2d', -20, -20, 90]);
    // a clamp without a move goes into a pool
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pool('average-pool', {}).requantize({ from: 4, to: 4, low: 4 }).program()))).toEqual([
      'average-pool',
    ]);
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pool('average-pool', {}).requantize({ from: 4, to: 5 }).program()))).toEqual([
      'average-pool',
      'requantize',
    ]);
  });

  it('are left out where they do neither', () => {
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).pad([0, 0, 1, 1, 0, 0, 0, 0], 2).requantize({ from: 4, to: 4 }).program()))).toEqual([
      'pad',
    ]);
  });

  it('stay where they round, and where somebody else needs what is before', () => {
    expect(opsOf(fused(new Sequence([1, 5, 6, 2]).conv('conv2d', {}).requantize({ from: 4, to: 4, scale: 0.7 }).program()))).toEqual([
      'conv2d',
      'requantize',
    ]);
    const net = new Sequence([1, 5, 6, 2]).conv('conv2d', {}).requantize({ from: 4, to: 4, low: 4 }).program();
    expect(opsOf(fused({ ...net, outputs: [net.steps[0]?.outputs[0] as number, ...net.outputs] }))).toEqual(['conv2d', 'requantize']);
  });

  it('become one table with the others of 8 bits', () => {
    expect(opsOf(fused(new Sequence([1, 9]).lookup().lookup().lookup().program()))).toEqual(['lookup']);
    expect(opsOf(fused(new Sequence([1, 9]).requantize({ from: 4, to: -1, scale: 0.7 }).lookup().program()))).toEqual(['lookup']);
  });
});

describe('a step without a first input', () => {
  it('is left alone, with what reads it', () => {
    for (let seed = 0; seed < 40; seed++) fused(randomProgram(seed, ['paste', 'requantize', 'lookup', 'lookup', 'conv2d']), seed);
  });
});

describe('shapes', () => {
  it('that nobody looks at are left out', () => {
    const { steps, tensors } = fused(new Sequence([1, 3, 2, 2]).reshape([1, 12]).reshape([1, 6, 2]).dense(12).program());
    expect(steps.map(({ op }) => op)).toEqual(['dense']);
    expect(tensors.length).toBe(3);
    expect(opsOf(fused(new Sequence([1, 12]).lookup().reshape([1, 12]).program()))).toEqual(['lookup']);
  });

  it('that leave the program, or that a step looks at, stay', () => {
    expect(fused(new Sequence([1, 3, 2, 2]).lookup().reshape([1, 12]).program()).steps.length).toBe(2);
    expect(opsOf(fused(new Sequence([1, 24]).reshape([1, 3, 4, 2]).conv('conv2d', {}).program()))).toEqual(['reshape', 'conv2d']);
  });
});

describe('ends of integers', () => {
  const net = new Sequence([1, 12], 'float32')
    .quantize({ scale: 0.25, zeroPoint: 3 })
    .lookup()
    .dequantize({ scale: 0.5, zeroPoint: -2 })
    .program();

  it('leave the conversion to the caller, with the same numbers', () => {
    const program = fuseProgram(net, { integerEnds: true });
    assertProgram(program);
    expect(opsOf(program)).toEqual(['lookup']);
    const x = Float32Array.from({ length: 12 }, (_, i) => i * 3.3 - 20);
    const [y] = runProgram(program, [quantizeInput(program, array([1, 12], x))]).outputs;
    expect(dequantizeOutput(program, y as Int8Array).data).toEqual(runProgram(net, [x]).outputs[0]);
  });

  it('are asked for', () => expect(opsOf(fused(net))).toEqual(['quantize', 'lookup', 'dequantize']));
});

describe('fused programs', () => {
  it('compute the same bytes: any ops', () => {
    fc.assert(
      fc.property(arbitraryProgram, fc.nat(), ({ program }, seed) => void fused(program, seed)),
      { numRuns: 150 },
    );
  });

  it('compute the same bytes: ops that fuse often', () => {
    const ops = [
      'pad',
      'reshape',
      'requantize',
      'lookup',
      'conv2d',
      'depthwise-conv2d',
      'max-pool',
      'dense',
      'quantize',
      'dequantize',
      'paste',
    ] as const;
    let fewer = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ops), { minLength: 2, maxLength: 9 }), fc.nat(), (list, seed) => {
        const program = randomProgram(seed, list);
        if (fused(program, seed).steps.length < program.steps.length) fewer++;
      }),
      { numRuns: 200 },
    );
    expect(fewer).toBeGreaterThan(20);
    expect(opNames).toEqual(expect.arrayContaining([...ops]));
  });

  it('are fused already', () => {
    fc.assert(
      fc.property(arbitraryProgram, ({ program }) => {
        const once = fuseProgram(program);
        expect(fuseProgram(once)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(!hasNetworks)('networks of others (skipped where ../shared/golden is not there)', () => {
  for (const name of networkNames)
    it(`${name}: the same bytes as LiteRT's reference kernels`, () => {
      for (const { program, inputs, expected } of goldenTrials(name).slice(0, 3))
        expect(runProgram(fuseProgram(program), inputs).outputs).toEqual(expected);
    });

  it('mcunet-vww1 loses all its borders', () => {
    const [{ program }] = goldenTrials('mcunet-vww1-int8') as [ReturnType<typeof goldenTrials>[number]];
    const pads = (net: Program): number => opsOf(net).filter(op => op === 'pad').length;
    expect([pads(program), pads(fuseProgram(program))]).toEqual([4, 0]);
    expect(opsOf(fuseProgram(program, { integerEnds: true }))).not.toContain('quantize');
    // figures of TinyEngine for this network, without and with depthwise convolutions in place
    const net = fuseProgram(program, { integerEnds: true });
    expect([peakBytes(net), peakBytes(net, { inPlaceDepthwise: true })]).toEqual([96_000, 89_600]);
  });
});
