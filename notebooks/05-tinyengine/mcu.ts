import { deploy, type Examiner, integers, LabError, type Question, question, type Random } from 'tinylab';

// A student's schedule as C on an emulated Cortex-M4: counted, and held against the interpreter byte by byte.

const [image, channels, filters] = [12, 16, 8];
const fields = ['loops', 'unroll', 'simd', 'im2col', 'interleaved', 'block'] as const;

/** The layer with fresh weights: a 3 × 3 convolution of int8. */
function layerOf(rng: Random): deploy.Program {
  const scales = Array.from({ length: filters }, () => deploy.fixedPoint(rng.uniform(0.001, 0.002)));
  const draw = (length: number, reach: number): ArrayLike<number> => integers(rng, [length], { low: -reach, high: reach }).data;
  const geometry = { strides: [1, 1], dilations: [1, 1], padding: [1, 1] };
  const grid = { inputZeroPoint: rng.int(-9, 9), weightZeroPoint: [0], outputZeroPoint: rng.int(-9, 9), low: -128, high: 127 };
  const factors = { multiplier: scales.map(({ multiplier: m }) => m), shift: scales.map(({ shift: s }) => s) };
  return {
    name: 'asked',
    tensors: [
      { name: 'image', shape: [1, image, image, channels], type: 'int8' },
      { name: 'kernel', shape: [filters, 3, 3, channels], type: 'int8', data: Int8Array.from(draw(filters * 9 * channels, 127)) },
      { name: 'bias', shape: [filters], type: 'int32', data: Int32Array.from(draw(filters, 1000)) },
      { name: 'out', shape: [1, image, image, filters], type: 'int8' },
    ],
    steps: [{ op: 'conv2d', inputs: [0, 1, 2], outputs: [3], attributes: { ...geometry, ...grid, ...factors } }],
    inputs: [0],
    outputs: [3],
  };
}

/** Instructions for each product, or why the schedule is none. */
async function counted(q: Examiner, schedules: deploy.ConvSchedule): Promise<number | string> {
  const program = layerOf(q.rng);
  const input = Int8Array.from(integers(q.rng, [image * image * channels], { low: -128, high: 127 }).data);
  try {
    const { outputs, layers } = await deploy.runOnMcu(program, { device: 'STM32F412', schedules, input });
    const [right] = deploy.runProgram(program, [input]).outputs;
    const same = right?.every((value, i) => value === outputs[0]?.[i]);
    return same ? (layers[0]?.perMac ?? Number.NaN) : 'The C of this schedule computes something else; please tell your teacher.';
  } catch (error) {
    if (error instanceof LabError && error.code === 'deploy/schedule') return error.message;
    throw error;
  }
}

/** The schedule as plain data, each field given. */
async function scheduleOf(q: Examiner): Promise<deploy.ConvSchedule> {
  const given = await q.read('schedule');
  return Object.fromEntries(fields.map(name => [name, q.field(given, name)])) as deploy.ConvSchedule;
}

export const scheduleQuestion: Question = question(
  'schedule',
  {
    points: 6,
    title: 'A layer as C',
    uses: ['schedule', 'interleavedWhy'],
    tools: ['arm-none-eabi-gcc', 'qemu-system-arm'],
  },
  async q => {
    let got: number | string = 'No schedule is there yet.';
    await q.part('some', { points: 2 }, async () => {
      got = await counted(q, await scheduleOf(q));
      const asked = 'the schedule on a Cortex-M4: at most 3.3 instructions a product';
      const hint =
        typeof got === 'string' ? got : `It takes ${got.toFixed(2)}. What do im2col and a block of two outputs and two places save?`;
      q.true(typeof got === 'number' && got <= 3.3, { asked, hint, got });
    });
    await q.part('few', { points: 3 }, async () => {
      const hint =
        typeof got === 'string'
          ? got
          : `It takes ${got.toFixed(2)}. Two products an instruction, weights in their order, several sums at once; a field that does not go with the others makes it plain C (4.7).`;
      q.true(typeof got === 'number' && got <= 1.5, {
        asked: 'the schedule on a Cortex-M4: at most 1.5 instructions a product',
        hint,
        got,
      });
    });
    await q.part('why', { points: 1 }, async () => {
      await q.choice('interleavedWhy', 'b', {
        a: 'All weights are multiplied, zeros too: nothing is skipped.',
        c: 'They take as many bytes as before, in another order.',
        d: 'The sums are the same integers of 32 bits.',
      });
    });
  },
);
