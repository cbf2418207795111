import { accuracy, type Dataset, deploy, type Examiner, loadDataset, type Question, question, sameLayers } from 'tinylab';
import { groupQuestion } from './groups.ts';
import {
  agreement,
  atBits,
  denseNet,
  distinct,
  distinctInChannel,
  foldedNet,
  goals,
  kernelsOf,
  meanBits,
  uniformAccuracy,
} from './nets.ts';

// Questions whose answers are networks, or say how a network is made.

const recovered = question(
  'recovered',
  {
    points: 4,
    title: 'Two bits that work',
    uses: ['recovered'],
    needs: ['kMeans'],
    ops: ['input', 'conv2d', 'batch-norm', 'relu', 'max-pool', 'global-average-pool', 'dense'],
  },
  async q => {
    const model = q.asModel(await q.deliverable('recovered'));
    const alike = q.true(sameLayers(model, denseNet()), {
      asked: 'the layers of `dense`, node by node',
      hint: 'Hand in `dense` with other weights: withParameters(dense, …), then refreshBatchNorm.',
    });
    if (!alike) return;
    const most = Math.max(...kernelsOf(model).map(name => distinct(model, name)));
    q.true(most <= 4, {
      asked: 'at most 4 different weights in each layer',
      got: most,
      hint: 'Every layer takes a code book of 2 bits, the first and the classifier too.',
    });
    const { validation } = await loadDataset('fashion-mnist');
    q.true((await q.accuracy(model, validation)) >= goals.recovered, {
      asked: `an accuracy of at least ${goals.recovered} on the validation images`,
      hint: 'Refresh the batch-norm statistics after the weights have changed: refreshBatchNorm(model, train) returns a new model.',
    });
  },
);

/** The list of bits, if it names each kernel once, with whole numbers. */
async function bitsOf(q: Examiner): Promise<Record<string, number> | undefined> {
  const bits = q.asRecord(await q.read('bits')) as Record<string, number>;
  const names = kernelsOf(foldedNet());
  const all = q.true(Object.keys(bits).length === names.length && names.every(name => Object.hasOwn(bits, name)), {
    asked: 'bits for each of the nine kernels, by name',
    got: Object.keys(bits).join(', '),
    hint: `The names are those of \`kernels\`: ${names.slice(0, 2).join(', ')} and so on.`,
  });
  const odd = names.find(name => !(Number.isInteger(bits[name]) && (bits[name] as number) >= 2 && (bits[name] as number) <= 8));
  const whole = q.true(odd === undefined, {
    asked: 'whole numbers of bits, from 2 to 8',
    got: odd && bits[odd],
    hint: `Look at ${odd}.`,
  });
  return all && whole ? bits : undefined;
}

const scores = new Map<string, number>();

/** How far the network of these bits lies above 2 bits for all. */
export function gainOf(bits: Readonly<Record<string, number>>, images: Dataset): number {
  const key = `${images.name} ${kernelsOf(foldedNet()).map(name => bits[name])}`;
  const found = scores.get(key) ?? accuracy(atBits(bits), images) - uniformAccuracy(images);
  scores.set(key, found);
  return found;
}

const mixed = question('mixed-precision', { points: 4, title: 'Bits where they count', uses: ['bits'] }, async q => {
  const bits = await bitsOf(q);
  if (!bits) return;
  const spent = meanBits(bits);
  q.true(spent <= goals.meanBits + 1e-9, {
    asked: `at most ${goals.meanBits} bits a weight on average`,
    got: Math.round(spent * 1000) / 1000,
    hint: 'The mean goes over weights, not over layers: a bit more for conv2d-8 costs as much as a hundred for conv2d-2.',
  });
  const { validation } = await loadDataset('fashion-mnist');
  const gain = gainOf(bits, validation);
  q.true(gain >= goals.mixed, {
    asked: `an accuracy at least ${goals.mixed} above that of 2 bits for all, on the validation images (leaderboard score ${(100 * gain).toFixed(2)})`,
    got: Math.round(gain * 1e4) / 1e4,
    hint: 'Give bits to layers with few weights and large errors first: the early ones.',
  });
});

/** The same for images that nobody has seen. */
export async function mixedOn(q: Examiner, images: Dataset): Promise<void> {
  const bits = q.asRecord(await q.read('bits')) as Record<string, number>;
  q.true(gainOf(bits, images) >= goals.mixed, {
    asked: `an accuracy at least ${goals.mixed} above that of 2 bits for all, on pictures that nobody has seen`,
    hint: 'Your bits suit the validation images only: give more to the early layers.',
  });
}

/** The program that was handed in, with tensors and steps that fit each other. */
export async function programOf(q: Examiner, name = 'program'): Promise<deploy.Program> {
  const got = (await q.deliverable(name)) as deploy.Program;
  q.asList(q.field(got, 'steps'));
  q.asList(q.field(got, 'tensors'));
  return deploy.checkedProgram(got) as deploy.Program;
}

/** Whether it takes images of this lab as integers and gives ten numbers. */
function fitsImages(program: deploy.Program): boolean {
  const [input, output] = [program.tensors[program.inputs[0] ?? -1], program.tensors[program.outputs[0] ?? -1]];
  const integers = (type: deploy.ElementType | undefined): boolean => type === 'int8' || type === 'uint8';
  return (
    program.inputs.length === 1 &&
    program.outputs.length === 1 &&
    integers(input?.type) &&
    integers(output?.type) &&
    input?.shape.join() === '1,28,28,1' &&
    output?.shape.join() === '1,10' &&
    input.quantization !== undefined &&
    output.quantization !== undefined
  );
}

/** Whether the grader can run it on some hundred images: it has at most so many multiply-accumulates, the network of this lab has 13.5 million. */
export function isAffordable(program: deploy.Program): boolean {
  try {
    deploy.checkedProgram(program, { maximumMacs: 2 ** 25 });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'deploy/limit') return false;
    throw error;
  }
}

/** How often it must answer as the network does, on these images. */
export function agrees(
  q: Examiner,
  program: deploy.Program,
  { images, named }: { readonly images: Dataset; readonly named: string },
): void {
  const share = agreement(program, images, 100);
  q.true(share >= goals.agreement, {
    asked: `the answer of the network of real numbers for at least ${goals.agreement} of 100 images, ${named}`,
    got: q.hidden ? undefined : share,
    hint: 'Calibrate on images of `train`, ten or more, and quantize each output channel of the weights by itself.',
  });
}

const program = question('program', { points: 9, title: 'A network of integers', uses: ['program', 'coarsest', 'offByOne'] }, async q => {
  await q.part('network', { points: 5 }, () => judged(q));
  await q.part('scale', { points: 2 }, () => askCoarsest(q));
  await q.part('zero-point', { points: 2 }, () => askOffByOne(q));
});

async function judged(q: Examiner): Promise<void> {
  const found = await programOf(q);
  const fits = q.true(fitsImages(found), {
    asked: 'a program that takes an image [1, 28, 28, 1] as 8-bit integers and gives ten of them',
    hint: 'Hand in what deploy.lowerModel returns for the network with rounded weights and activations.',
  });
  if (!fits) return;
  const small = q.true(isAffordable(found), {
    asked: 'at most 33 million multiply-accumulates an image, or as much other work',
    hint: 'Lower the network of this lab, which takes 13.5 million, and nothing beside it.',
  });
  if (!small) return;
  const real = found.tensors.find(({ type }) => type === 'float32');
  q.true(real === undefined, {
    asked: 'integers in every tensor',
    got: real?.name,
    hint: 'A step computes with real numbers: quantize every activation and every weight before you lower.',
  });
  const { constantBytes } = deploy.inspectProgram(found);
  q.true(constantBytes <= goals.programBytes, {
    asked: `at most ${goals.programBytes} bytes of constants`,
    got: constantBytes,
    hint: 'Weights of 8 bits take 431,048 bytes.',
  });
  agrees(q, found, { images: (await loadDataset('fashion-mnist')).validation, named: 'of the validation images' });
}

/** The hidden part of `program`. */
export async function programOn(q: Examiner, images: Dataset): Promise<void> {
  const found = await programOf(q);
  if (fitsImages(found) && isAffordable(found)) agrees(q, found, { images, named: 'that nobody has seen' });
}

/** Tensors that steps write, with the grid of each. */
const written = ({ tensors, steps }: deploy.Program): { name: string; scale: number; zeroPoint: number }[] =>
  steps.flatMap(({ outputs }) =>
    outputs.flatMap(index => {
      const { name = '', quantization } = tensors[index] ?? {};
      return quantization ? [{ name, scale: quantization.scale[0] as number, zeroPoint: quantization.zeroPoint[0] as number }] : [];
    }),
  );

async function askCoarsest(q: Examiner): Promise<void> {
  const values = written(await programOf(q));
  const most = Math.max(...values.map(({ scale }) => scale));
  const got = await q.read('coarsest');
  q.true(
    values.some(({ name, scale }) => name === got && scale === most),
    {
      asked: 'coarsest: the value of your program with the widest steps',
      got,
      hint: 'The widest step is the largest scale. Give the name as the table writes it, in quotes.',
    },
  );
}

async function askOffByOne(q: Examiner): Promise<void> {
  const last = written(await programOf(q)).at(-1);
  if (!last) return;
  await q.number('offByOne', -last.scale, {
    tolerance: 1e-3,
    asked: 'offByOne: how much every output changes when Z of the last step is taken one too large',
    known: [
      [last.scale, 'The sign: r = S · (q - Z), so a larger Z makes r smaller.'],
      [0, 'All outputs change, by the same amount (so the class stays the same).'],
      [-1, 'That is in steps. A step is worth the scale of that value.'],
      [1, 'That is in steps, and the other way: a step is worth the scale of that value.'],
      [last.scale * last.zeroPoint, 'That is what Z itself is worth. How much does one more change?'],
    ],
    hint: 'Compare S · (q - Z) with S · (q - (Z + 1)), for the scale of your own last step.',
  });
}

const trained = question(
  'trained-rounded',
  {
    points: 4,
    title: 'Training two bits',
    uses: ['qat'],
    ops: ['input', 'conv2d', 'batch-norm', 'relu', 'max-pool', 'global-average-pool', 'dense'],
  },
  async q => {
    const model = q.asModel(await q.deliverable('qat'));
    const alike = q.true(sameLayers(model, denseNet()), {
      asked: 'the layers of `dense`, node by node',
      hint: 'Hand in what quantize.trainQuantized returns for `dense`.',
    });
    if (!alike) return;
    const most = Math.max(...kernelsOf(model).map(name => distinctInChannel(model, name)));
    q.true(most <= 4, {
      asked: 'at most 4 different weights in each output channel',
      got: most,
      hint: 'All nine kernels take 2 bits: trainQuantized stores them so at the end.',
    });
    const { validation } = await loadDataset('fashion-mnist');
    q.true((await q.accuracy(model, validation)) >= goals.trained, {
      asked: `an accuracy of at least ${goals.trained} on the validation images`,
      hint: 'One epoch over all of `train` with rounded weights is enough; a refresh of the batch norms alone is not.',
    });
  },
);

export const networkQuestions: readonly Question[] = [recovered, mixed, groupQuestion, program, trained];
