import { describe, expect, it } from 'vitest';
import { cachedTeacher } from '../../../../lib/compress/distill/cached-teacher.ts';
import { distill } from '../../../../lib/compress/distill/distill.ts';
import { assertDisjoint } from '../../../../lib/compress/distill/scheme/disjoint.ts';
import { pruneChannels } from '../../../../lib/compress/prune/channels/prune-channels.ts';
import { quantizeModel } from '../../../../lib/compress/quantize/quantize.ts';
import { take } from '../../../../lib/data/dataset.ts';
import { strokeGlyphs } from '../../../../lib/data/stroke-glyphs.ts';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { inspectProgram } from '../../../../lib/deploy/inspect-program.ts';
import { lowerModel } from '../../../../lib/deploy/lower/lower.ts';
import { runOnMcu } from '../../../../lib/deploy/mcu/run.ts';
import { mcuTools } from '../../../../lib/deploy/mcu/toolchain.ts';
import { dequantizeOutput, quantizeInput } from '../../../../lib/deploy/real-values.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { accuracy } from '../../../../lib/measure/accuracy.ts';
import { macs } from '../../../../lib/measure/macs.ts';
import { modelSize } from '../../../../lib/measure/model-size.ts';
import { network } from '../../../../lib/model/build.ts';
import { predict } from '../../../../lib/model/forward.ts';
import type { Model } from '../../../../lib/model/model.ts';
import { fit } from '../../../../lib/train/fit.ts';

const tools = await mcuTools().catch(() => undefined);
const glyphs = { classes: 4, seed: 1, hard: 0.6 } as const;
const train = strokeGlyphs({ ...glyphs, count: 400 });
const test = strokeGlyphs({ ...glyphs, count: 100, first: 400 });
const reporter = {};

function net(name: string, widths: readonly [number, number], seed: number): Model {
  const [a, b] = widths;
  const start = network(name, [28, 28, 1], { seed }).conv2d(a, 3, { strides: 4, bias: false }).batchNorm().relu();
  return start.conv2d(b, 3, { strides: 2, bias: false }).batchNorm().relu().globalAveragePool().dense(4).model();
}

/** Each technique takes what the one before gave. */
const story = (async () => {
  assertDisjoint(train, test);
  const recipe = { epochs: 12, batchSize: 32, optimizer: 'adam', learningRate: 0.02, reporter } as const;
  const teacher = await fit(net('teacher', [16, 32], 1), train, recipe);
  const large = await fit(net('student', [8, 16], 2), take(train, 100), recipe);
  const pruned = pruneChannels(large, { ratio: 0.5 });
  const taught = await distill(pruned, cachedTeacher(teacher, train), { ...recipe, data: train, alpha: 1 });
  const quantized = quantizeModel(
    taught,
    {
      weights: { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'channel' } },
      activations: { format: { kind: 'affine', bits: 8 } },
    },
    { data: take(train, 100) },
  );
  return { large, pruned, taught, quantized, program: fuseProgram(lowerModel(quantized)) };
})();

describe('prune, teach, quantize, write as integers, run', () => {
  it('makes a network smaller and cheaper at each step', async () => {
    const { large, pruned, taught, quantized, program } = await story;
    expect(modelSize(pruned)).toBeLessThan(0.4 * modelSize(large));
    expect(modelSize(taught)).toBe(modelSize(pruned));
    expect(modelSize(quantized)).toBeLessThan(0.5 * modelSize(taught));
    expect(macs(pruned)).toBeLessThan(0.5 * macs(large));
    expect(macs(quantized)).toBe(macs(taught));
    expect(inspectProgram(program).macs).toBe(macs(taught));
  });

  it('loses what pruning took, and gets it back from the teacher', async () => {
    const { pruned, taught, quantized } = await story;
    expect(accuracy(taught, test)).toBeGreaterThan(accuracy(pruned, test) + 0.2);
    expect(accuracy(quantized, test)).toBeGreaterThan(accuracy(taught, test) - 0.05);
  });

  it('says in integers what the quantized model says, to a few steps of its grid', async () => {
    const { quantized, program } = await story;
    const input = quantizeInput(program, test.images);
    const said = dequantizeOutput(program, runProgram(program, [input]).outputs[0] as Int8Array).data;
    const expected = predict(quantized, test.images).data;
    const reach = Math.max(...expected.map(Math.abs));
    for (const [i, value] of said.entries()) expect(Math.abs(value - (expected[i] as number))).toBeLessThan(0.05 * reach);
  });

  it.skipIf(!tools)('says the same bytes on an emulated microcontroller (skipped where compiler or QEMU are missing)', async () => {
    const { program } = await story;
    const input = quantizeInput(program, take(test, 5).images);
    const found = await runOnMcu(program, { input });
    expect([...(found.outputs[0] as Int8Array)]).toEqual([...(runProgram(program, [input]).outputs[0] as Int8Array)]);
    expect(found.instructions).toBeGreaterThan(0.5 * inspectProgram(program).macs);
    expect(found.sram).toBeLessThan(16_384);
  });
});
