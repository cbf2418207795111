import type { Dataset } from '../../lib/data/dataset.ts';
import type { Program } from '../../lib/deploy/program.ts';
import type { Model } from '../../lib/model/model.ts';
import type { Benchmark, Sample } from './result.ts';

// The figures of lib/compress/distill/STORY.md: npm run bench -- distill-story. A student that learnt 1,000 labels is pruned, taught, quantized, written as a
// program of integers and run on an emulated microcontroller. The control learns as many updates from its labels alone.

const seeds = [0, 1, 2];
const steps = 500;

const run: Benchmark = async ({ log }) => {
  const { deploy, distill, loadDataset, pretrained, take } = await import('../../lib/index.ts');
  const { train, test } = await loadDataset('fashion-mnist');
  distill.assertDisjoint(train, test);
  const teacher = distill.cachedTeacher(pretrained('fashion-mnist-vgg'), train);
  const tools = await deploy.mcuTools().catch(() => undefined);
  const shares = new Map<string, number[]>();
  const told = (what: string, share: number, costs: string): void => {
    log(`${what.padEnd(40)} ${(100 * share).toFixed(2)} %  ${costs}`);
    shares.set(what, [...(shares.get(what) ?? []), 100 * share]);
  };
  for (const seed of seeds) {
    const networks = await story(seed, { train, labelled: take(train, 1000), teacher });
    for (const [what, model] of Object.entries(networks)) told(what, await right(model, test), await costsOf(model));
    const program = deploy.fuseProgram(deploy.lowerModel(networks['quantized to 8 bits'] as Model));
    const { constantBytes, macs, peakBytes } = deploy.inspectProgram(program);
    told(
      'program of integers',
      rightInIntegers(await scores(program, test), test),
      `${constantBytes} B of constants  ${macs} MACs  ${peakBytes} B of SRAM`,
    );
    if (tools) log(await emulated(program, test));
    else log('no compiler or emulator here: the program was not run on a microcontroller');
  }
  const sample = (all: readonly number[]): Sample => {
    const sorted = [...all].sort((a, b) => a - b);
    return { min: sorted[0] ?? Number.NaN, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, n: sorted.length };
  };
  const peers = Object.fromEntries([...shares].map(([what, all]) => [what, sample(all)]));
  return {
    name: 'Pruned, taught, quantized, written as integers',
    unit: '% right',
    ours: sample(shares.get('program of integers') ?? []),
    peers,
  };
};

interface Lesson {
  readonly train: Dataset;
  readonly labelled: Dataset;
  readonly teacher: import('../../lib/compress/distill/teacher.ts').Teacher;
}

/** The network after each step. */
async function story(seed: number, { train, labelled, teacher }: Lesson): Promise<Record<string, Model>> {
  const { distill, fit, oneCycleSchedule, pruneChannels, quantize, take } = await import('../../lib/index.ts');
  const recipe = { seed, steps, optimizer: 'nesterov', learningRate: oneCycleSchedule(0.5), weightDecay: 1e-4, reporter: {} } as const;
  const large = await fit(await student([12, 28, 64], seed), labelled, recipe);
  const pruned = pruneChannels(large, { ratio: 0.6 });
  const control = await fit(pruned, labelled, recipe);
  const whole = await fit(pruned, train, recipe);
  const taught = await distill.distill(pruned, teacher, { ...recipe, data: train, temperature: 4, alpha: 1 });
  const weights = { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'channel' } } as const;
  const activations = { format: { kind: 'affine', bits: 8 } } as const;
  const quantized = quantize.quantizeModel(taught, { weights, activations }, { data: take(train, 256) });
  return {
    'student of 1,000 labels': large,
    'six of ten channels pruned': pruned,
    '… tuned on the labels (control)': control,
    '… tuned on all 10,000 labels (control)': whole,
    '… taught on the 10,000 images': taught,
    'quantized to 8 bits': quantized,
  };
}

/** Three convolutions with batch norm, the first with a stride of 2. */
export async function student([a, b, c]: readonly [number, number, number], seed: number): Promise<Model> {
  const { network } = await import('../../lib/index.ts');
  const first = network('student', [28, 28, 1], { seed }).conv2d(a, 3, { strides: 2, bias: false }).batchNorm().relu();
  const second = first.conv2d(b, 3, { bias: false }).batchNorm().relu().maxPool();
  return second.conv2d(c, 3, { bias: false }).batchNorm().relu().globalAveragePool().dense(10).model();
}

async function right(model: Model, test: Dataset): Promise<number> {
  const { accuracy } = await import('../../lib/index.ts');
  return accuracy(model, test);
}

async function costsOf(model: Model): Promise<string> {
  const { macs, modelSize } = await import('../../lib/index.ts');
  return `${modelSize(model)} B  ${macs(model)} MACs`;
}

async function scores(program: Program, { images }: Dataset): Promise<ArrayLike<number>> {
  const { deploy } = await import('../../lib/index.ts');
  const [said] = deploy.prepareProgram(program).run([deploy.quantizeInput(program, images)]).outputs;
  return said as ArrayLike<number>;
}

function rightInIntegers(said: ArrayLike<number>, { labels, classes }: Dataset): number {
  const rows = Array.from(labels.data, Number);
  const best = (row: number): number => {
    const own = Array.from({ length: classes.length }, (_, c) => said[row * classes.length + c] as number);
    return own.indexOf(Math.max(...own));
  };
  return rows.filter((label, row) => best(row) === label).length / rows.length;
}

/** What the program takes on a microcontroller, and that it says there what it says here. */
async function emulated(program: Program, test: Dataset): Promise<string> {
  const { deploy, take } = await import('../../lib/index.ts');
  const input = deploy.quantizeInput(program, take(test, 20).images);
  const { instructions, flash, sram, milliseconds, outputs, device } = await deploy.runOnMcu(program, { input });
  const [here] = deploy.runProgram(program, [input]).outputs as readonly ArrayLike<number>[];
  const same = Array.from(outputs[0] as ArrayLike<number>).every((value, i) => value === here?.[i]);
  return `on an emulated ${device.name}: ${Math.round(instructions)} instructions (${milliseconds.toFixed(1)} ms, modelled)  ${flash} B of flash  ${sram} B of SRAM  ${same ? 'the same bytes for 20 images' : 'OTHER BYTES'}`;
}

export default run;
