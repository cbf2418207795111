import { describe, expect, it } from 'vitest';
import { assertProgram } from '../../../../lib/deploy/check-program.ts';
import { inspectProgram } from '../../../../lib/deploy/inspect-program.ts';
import { outlineProgram } from '../../../../lib/deploy/lower/outline.ts';
import { peakBytes } from '../../../../lib/deploy/plan/plan.ts';
import { macs } from '../../../../lib/measure/macs.ts';
import { network } from '../../../../lib/model/build.ts';
import { mobileNetV2 } from '../../../../lib/model/mobilenet-v2.ts';
import { resNet8 } from '../../../../lib/model/resnet.ts';

describe('outlines of networks', () => {
  it.each([
    ['a residual network', resNet8({ classes: 4 })],
    ['inverted residuals', mobileNetV2({ width: 0.35, input: [64, 64, 3], classes: 5 })],
    ['pools and borders', network('net', [9, 9, 2]).conv2d(4, 3, { padding: 'same' }).relu().maxPool(2).flatten().dense(3).graph()],
  ])('%s: the multiply-accumulates of the network, as int8', (_, graph) => {
    const program = outlineProgram(graph);
    assertProgram(program);
    expect(inspectProgram(program).macs).toBe(macs(graph));
    for (const { data, type } of program.tensors) if (!data) expect(type).toBe('int8');
    expect(outlineProgram(graph)).toEqual(program);
  });

  it('take bytes that papers say: MobileNetV2 at 224 × 224 needs 1,372 KB, depthwise convolutions in place', () => {
    const program = outlineProgram(mobileNetV2());
    expect(peakBytes(program, { inPlaceDepthwise: true })).toBe(1372 * 1024);
    expect(inspectProgram(program).macs).toBe(300_774_272);
  });

  it('refuse what has no integer form', () => {
    expect(() => outlineProgram(network('net', [4]).dense(2).layerNorm().graph())).toThrow(
      expect.objectContaining({ code: 'deploy/lower' }),
    );
  });
});
