import { describe, expect, it } from 'vitest';
import { type EmitOptions, emitC } from '../../../../lib/deploy/emit-c/emit-c.ts';
import { fuseProgram } from '../../../../lib/deploy/fuse/fuse.ts';
import { patchProgram } from '../../../../lib/deploy/patch/patch-program.ts';
import type { Program } from '../../../../lib/deploy/program.ts';
import { runProgram } from '../../../../lib/deploy/run.ts';
import { randomInputs } from '../arbitrary-program.ts';
import { hasCompiler, runOnHost } from './host.ts';

/** A 3 × 3 depthwise convolution of two channels and a 1 × 1 convolution, on a 2 × 3 image. */
const sliding = { strides: [1, 1], dilations: [1, 1], weightZeroPoint: [0], outputZeroPoint: -3, low: -128, high: 100 };
const tiny: Program = {
  name: 'tiny */ int x; /*',
  tensors: [
    { name: 'image', shape: [1, 2, 3, 2], type: 'int8' },
    { name: 'k', shape: [1, 3, 3, 2], type: 'int8', data: Int8Array.from({ length: 18 }, (_, i) => i - 9) },
    { name: 'blurred\n#error */', shape: [1, 2, 3, 2], type: 'int8' },
    { name: 'w', shape: [3, 1, 1, 2], type: 'int8', data: Int8Array.of(1, -2, 3, 4, -5, 6) },
    { name: 'b', shape: [3], type: 'int32', data: Int32Array.of(10, 20, -30) },
    { name: 'y', shape: [1, 2, 3, 3], type: 'int8' },
  ],
  steps: [
    {
      op: 'depthwise-conv2d',
      inputs: [0, 1, -1],
      outputs: [2],
      attributes: { ...sliding, padding: [1, 1], inputZeroPoint: 5, multiplier: [1288490189], shift: [-3] },
    },
    {
      op: 'conv2d',
      inputs: [2, 3, 4],
      outputs: [5],
      attributes: { ...sliding, padding: [0, 0], inputZeroPoint: -3, multiplier: [1288490189, 2000000000, 1500000000], shift: [-2, 1, 0] },
    },
  ],
  inputs: [0],
  outputs: [5],
};

/** A depthwise convolution of so many channels whose output takes the places of its input, from a constant border of 2. */
function wide(type: 'int8' | 'int16', strides: readonly [number, number]): Program {
  const [height, width, channels] = [9, 7, 12];
  const places = [Math.ceil(height / strides[0]), Math.ceil(width / strides[1])];
  return {
    name: 'wide',
    tensors: [
      { name: 'x', shape: [1, height, width, channels], type },
      {
        name: 'k',
        shape: [1, 5, 3, channels],
        type: 'int8',
        data: Int8Array.from({ length: 15 * channels }, (_, i) => ((i * 37) % 255) - 127),
      },
      { name: 'y', shape: [1, ...places, channels], type },
    ] as Program['tensors'],
    steps: [
      {
        op: 'depthwise-conv2d',
        inputs: [0, 1],
        outputs: [2],
        attributes: { ...sliding, strides, padding: [2, 1], inputZeroPoint: 0, multiplier: [1288490189], shift: [-6] },
      },
    ],
    inputs: [0],
    outputs: [2],
  };
}

describe('C of a program', () => {
  it('is this, for a tiny one', () => {
    const { files, arenaBytes, steps } = emitC(tiny);
    expect(arenaBytes).toBe(48);
    expect(steps).toEqual([
      { number: 0, op: 'depthwise-conv2d', function: 'step_00_depthwise_conv2d', kernel: 'plain', scratchBytes: 0 },
      { number: 1, op: 'conv2d', function: 'step_01_conv2d', kernel: 'plain', scratchBytes: 0 },
    ]);
    expect(Object.keys(files)).toEqual(['network.h', 'network_ops.h', 'network.c', 'step_00_depthwise_conv2d.c', 'step_01_conv2d.c']);
    expect(files['network.c']).toMatchInlineSnapshot(`
      "#include "network.h"
      #include "network_ops.h"

      /* all values, in bytes that they share where they are not needed at the same time */
      uint8_t network_arena[48] __attribute__((aligned(16)));

      const uint32_t network_input_bytes[NETWORK_INPUTS] = {12};
      const uint32_t network_output_bytes[NETWORK_OUTPUTS] = {18};

      void *network_input(int i) {
        void *const places[NETWORK_INPUTS] = {network_arena + 0};
        return places[i];
      }

      void *network_output(int i) {
        void *const places[NETWORK_OUTPUTS] = {network_arena + 0};
        return places[i];
      }

      void step_00_depthwise_conv2d(void);
      void step_01_conv2d(void);

      void network_run(void) {
        step_00_depthwise_conv2d();
        step_01_conv2d();
      }
      "
    `);
    expect(files['step_01_conv2d.c']).toMatchInlineSnapshot(`
      "#include "network_ops.h"

      static const int32 bias_01[3] __attribute__((aligned(16))) = {
        10, 20, -30,
      };

      static const int8_t weight_01[6] __attribute__((aligned(16))) = {
        1, -2, 3, 4, -5, 6,
      };

      static const int32 multiplier_01[3] __attribute__((aligned(16))) = {
        1288490189, 2000000000, 1500000000,
      };

      static const int8_t shift_01[3] __attribute__((aligned(16))) = {
        -2, 1, 0,
      };

      /* y: conv2d: int8 [1, 2, 3, 2] at 32 -> int8 [1, 2, 3, 3] at 0; weight int8 [3, 1, 1, 2]; 36 MACs; kernel plain */
      STEP step_01_conv2d(void) {
        const int8_t *restrict x = (const int8_t *)(network_arena + 32);
        int8_t *restrict y = (int8_t *)(network_arena + 0);
        for (int row = 0; row < 2; row++) {
          for (int column = 0; column < 3; column++) {
            for (int o = 0; o < 3; o++) {
              int32_t sum = bias_01[o];
              int down = row;
              int right = column;
              const int8_t *pixel = x + (down * 3 + right) * 2;
              const int8_t *w = weight_01 + o * 2;
              for (int c = 0; c < 2; c++) sum += (pixel[c] + 3) * w[c];
              *y++ = clamped(scaled(sum, multiplier_01[o], shift_01[o]), -125, 103) - 3;
            }
          }
        }
      }
      "
    `);
    expect(files['network.h']).toMatchInlineSnapshot(`
      "/* tiny _/ int x_ /_: write the inputs, call network_run(), read the outputs; for each example anew */
      #ifndef NETWORK_H
      #define NETWORK_H

      #include <stdint.h>

      #define NETWORK_INPUTS 1
      #define NETWORK_OUTPUTS 1
      #define NETWORK_ARENA_BYTES 48

      extern const uint32_t network_input_bytes[NETWORK_INPUTS];
      extern const uint32_t network_output_bytes[NETWORK_OUTPUTS];

      /* where input i goes; steps may use its bytes again, so that it is lost after a run */
      void *network_input(int i);
      /* where output i lies after a run */
      void *network_output(int i);
      void network_run(void);

      #endif
      "
    `);
  });

  it('is the same each time', () => {
    for (const core of ['any', 'cortex-m4', 'cortex-m7'] as const)
      expect(emitC(tiny, { core })).toEqual(emitC(structuredClone(tiny), { core }));
  });

  it('says in each comment what a step is, whatever names it was given', () => {
    const text = Object.values(emitC(tiny).files).join('\n');
    expect(text).not.toContain('#error */');
    expect(text).not.toContain('*/ int x');
    expect(text).toContain('108 MACs');
  });

  it('keeps constants of equal contents once', () => {
    const twice = {
      ...tiny,
      // another clamp, so that the steps share no function
      steps: [
        tiny.steps[0],
        { ...tiny.steps[0], attributes: { ...tiny.steps[0]?.attributes, low: -100 }, inputs: [2, 1, -1], outputs: [5] },
      ],
      tensors: tiny.tensors.with(5, { ...tiny.tensors[2], name: 'y' } as never),
    };
    const { files } = emitC(twice as Program);
    // the first file that reads it defines it for the others, so that none of them is static
    const all = Object.entries(files).flatMap(([name, text]) => text.match(/.*const int8_t weight.*/g)?.map(line => [name, line]) ?? []);
    const array = 'const int8_t weight_00[18] __attribute__((aligned(16)))';
    expect(all).toEqual([
      ['step_00_depthwise_conv2d.c', `${array} = {`],
      ['step_01_depthwise_conv2d.c', `extern ${array};`],
    ]);
  });

  it('changes one file for a changed layer', () => {
    const weights = { ...tiny.tensors[3], data: Int8Array.from([1, -2, 3, 4, -5, 7]) };
    expect(tiny.tensors[3]?.shape).toEqual([3, 1, 1, 2]);
    const [before, after] = [tiny, { ...tiny, tensors: tiny.tensors.with(3, weights as never) }].map(program => emitC(program).files);
    expect(Object.keys(before as object).filter(name => before?.[name] !== after?.[name])).toEqual(['step_01_conv2d.c']);
  });

  it('refuses what is no core, no schedule, no step with one, and constants beyond any microcontroller', () => {
    const code = (options: unknown): unknown => {
      try {
        return emitC(tiny, options as EmitOptions);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code({ core: 'z80' })).toBe('deploy/emit-c');
    for (const schedules of [
      { unroll: 3 },
      { simdd: true },
      [],
      7,
      { block: [0, 2] },
      new Map([[2, {}]]),
      new Map([[0, { loops: 'fast' }]]),
    ])
      expect(code({ schedules }), JSON.stringify(schedules)).toBe('deploy/schedule');
    expect(code({ plan: { alignment: 2 } })).toBe('deploy/alignment');
    expect(code({ core: 'cortex-m4', plan: { alignment: 8 } })).toBe('deploy/alignment');
    const huge = { name: 'w', shape: [2 ** 24 + 1], type: 'int8' as const, data: new Int8Array(2 ** 24 + 1) };
    expect(() => emitC({ ...tiny, tensors: [...tiny.tensors, huge] })).toThrow(/16 MiB/);
    const least = { ...tiny.steps[0], attributes: { ...tiny.steps[0]?.attributes, multiplier: [-(2 ** 31)] } } as never;
    expect(() => emitC({ ...tiny, steps: [least, tiny.steps[1] as never] })).toThrow(/-2\^31/);
  });
});

describe.skipIf(!hasCompiler)('C of a program, compiled (skipped without gcc)', () => {
  const variants: readonly (readonly [name: string, program: Program, options: EmitOptions])[] = [
    ['plain', tiny, {}],
    ['with a schedule of one step', tiny, { schedules: new Map([[1, { loops: 'reordered', simd: false }]]) }],
    ['by patches', patchProgram(tiny, { steps: 2, rows: 2, columns: 2 }), {}],
    ['fused', fuseProgram(tiny), {}],
  ];
  it.each(variants)('%s: the bytes of runProgram', (_, program, options) => {
    const examples = Array.from({ length: 4 }, (_, seed) => randomInputs(tiny, { seed }));
    const expected = examples.map(inputs => runProgram(tiny, inputs).outputs);
    expect(runOnHost(program, { source: emitC(program, options), examples })).toEqual(expected);
  });

  const overwriting = (['int8', 'int16'] as const).flatMap(type =>
    (
      [
        [1, 1],
        [2, 2],
        [1, 3],
      ] as const
    ).map(strides => ({ type, strides })),
  );
  it.each(overwriting)('depthwise over its input: $type, strides $strides', ({ type, strides }) => {
    const program = wide(type, strides);
    const examples = [randomInputs(program, { seed: 1 })];
    const expected = examples.map(inputs => runProgram(program, inputs).outputs);
    const [inPlace, apart] = [emitC(program), emitC(program, { plan: { inPlaceDepthwise: false } })];
    expect([inPlace, apart].map(({ steps }) => steps[0]?.kernel)).toEqual(['plain-in-place', 'plain']);
    expect(inPlace.arenaBytes).toBeLessThan(apart.arenaBytes);
    for (const source of [inPlace, apart]) expect(runOnHost(program, { source, examples })).toEqual(expected);
  });
});
