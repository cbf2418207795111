import { type Dataset, deploy, type Examiner, LabError, loadDataset, type Question, question, take } from 'tinylab';

// The network that was handed in: whether it fits, how right it is, what it takes. Everything is worked out from the program itself.

/** What the firmware leaves of the device, and what is asked of a network. */
export const asked = {
  device: 'STM32F412',
  room: { reservedSram: 254_976, codeBytes: 983_040 },
  accuracy: 0.86,
  /** Of test images and of hidden ones, so many are run: without native kernels, as in the grader's sandbox, a thousand take two seconds. */
  images: 1000,
  /** Of the best choice known, and a hundredth more: nothing here is measured, so that nothing is noisy. */
  instructions: 1_139_000,
  /** What the grader runs; the best choice takes 0.95 million. */
  macs: 2 ** 24,
} as const;

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The program, with tensors and steps that fit each other, or what keeps it from being counted. */
async function handedIn(q: Examiner): Promise<deploy.Program | string> {
  const got = (await q.deliverable('network')) as deploy.Program;
  q.asList(q.field(got, 'steps'));
  q.asList(q.field(got, 'tensors'));
  const program = deploy.checkedProgram(got) as deploy.Program;
  const ends = [...program.inputs, ...program.outputs].map(index => program.tensors[index]);
  if (ends.map(tensor => tensor?.shape.join()).join(' ') !== '1,28,28,1 1,10' || !ends.every(tensor => tensor?.quantization))
    return 'Hand in a program that takes an image [1, 28, 28, 1] and gives ten numbers: what integersOf returns, whole or in patches.';
  try {
    deploy.checkedProgram(program, { maximumMacs: asked.macs });
    deploy.estimateInstructions(program);
    return program;
  } catch (error) {
    if (error instanceof LabError && ['deploy/estimate', 'deploy/limit'].includes(error.code)) return error.message;
    throw error;
  }
}

/** Share of images that a program of integers gets right. */
export function shareRight(program: deploy.Program, { images, labels }: Dataset): number {
  const [stored] = deploy.prepareProgram(program, { threads: 1 }).run([deploy.quantizeInput(program, images)]).outputs;
  const scores = deploy.dequantizeOutput(program, stored as deploy.Elements).data;
  const hits = Array.from(labels.data).filter((label, n) => {
    const row = Array.from(scores.slice(10 * n, 10 * n + 10));
    return row.indexOf(Math.max(...row)) === label;
  });
  return hits.length / labels.data.length;
}

/** Whether it fits what the firmware leaves: the first thing that does not is told. */
function fitsRoom(q: Examiner, program: deploy.Program): boolean {
  const { sram, flash } = deploy.fits(program, asked.device, asked.room);
  const { sram: mostSram, flash: mostFlash } = deploy.mcuDevice(asked.device);
  const small = q.true(flash <= mostFlash, {
    asked: `at most ${whole(mostFlash)} bytes of flash on an ${asked.device}, the firmware's among them`,
    got: flash,
    hint: `Its constants are ${whole(flash - mostFlash)} bytes too many for the flash. Patches save memory, not weights: take a network with fewer channels.`,
  });
  return (
    small &&
    q.true(sram <= mostSram, {
      asked: `at most ${whole(mostSram)} bytes of SRAM, the firmware's among them`,
      got: sram,
      hint: `Its values are ${whole(sram - mostSram)} bytes too many for the memory. Run its first steps by patches (question 14), or take fewer channels.`,
    })
  );
}

/** Whether what was handed in runs on the device and is right often enough on these images. */
async function usable(q: Examiner, { images, named }: Shown): Promise<deploy.Program | undefined> {
  const program = await handedIn(q);
  const counted = q.true(typeof program !== 'string', {
    asked: 'a program of int8 whose instructions can be counted',
    ...(typeof program === 'string' && { hint: program }),
  });
  if (!counted || typeof program === 'string' || !fitsRoom(q, program)) return undefined;
  const share = shareRight(program, take(images, asked.images));
  const right = q.true(share >= asked.accuracy, {
    asked: `an accuracy of at least ${asked.accuracy} ${named}`,
    got: q.hidden ? undefined : share,
    hint: 'It is below the accuracy that is asked: more places or more channels make a network better. Look at the table of the family.',
  });
  return right ? program : undefined;
}

/** Images, and what a student is told about them. */
interface Shown {
  readonly images: Dataset;
  readonly named: string;
}

/** Whether it is usable, and takes as few instructions as it can. */
export async function judged(q: Examiner, shown: Shown): Promise<void> {
  let program: deploy.Program | undefined;
  await q.part('usable', { points: 3 }, async () => {
    program = await usable(q, shown);
  });
  await q.part('few', { points: 3 }, async () => {
    const taken = program && deploy.estimateInstructions(program).instructions;
    q.true(taken !== undefined && taken <= asked.instructions, {
      asked: `a network that can be used, with at most ${whole(asked.instructions)} instructions an image`,
      got: taken === undefined ? 'no network that can be used' : Math.round(taken),
      hint:
        taken === undefined
          ? 'First hand in one that fits and is right often enough.'
          : 'It can be used, and another choice that fits takes fewer instructions: compare networks, and for each all ways to cut it.',
    });
  });
}

/** The figures that a student gives for what was handed in. */
async function askClaims(q: Examiner): Promise<void> {
  const program = await handedIn(q);
  if (!q.true(typeof program !== 'string', { asked: 'a program that can be counted', hint: 'First hand in a network.' })) return;
  const own = deploy.fits(program as deploy.Program, asked.device, asked.room);
  const claimed = await q.read('claimed');
  for (const [name, right, alone] of [
    ['sram', own.sram, own.sram - asked.room.reservedSram],
    ['flash', own.flash, own.flash - asked.room.codeBytes],
  ] as const) {
    const got = q.asNumber(q.field(claimed, name));
    q.true(got === right, {
      asked: `claimed.${name}: what deploy.fits(fitted, '${asked.device}', room) says of the network that you handed in`,
      got,
      hint:
        got === alone
          ? `That is the network alone: ${name} of the device holds the firmware too.`
          : 'That is not the figure of the program that you handed in. Ask `fitted` itself, as it is after deliver.',
    });
  }
}

async function askHeaviest(q: Examiner): Promise<void> {
  const program = await handedIn(q);
  if (!q.true(typeof program !== 'string', { asked: 'a program that can be counted', hint: 'First hand in a network.' })) return;
  const { steps } = deploy.estimateInstructions(program as deploy.Program);
  const { steps: facts } = deploy.inspectProgram(program as deploy.Program);
  const most = (list: readonly number[]): number => list.indexOf(Math.max(...list));
  const bytes = most(facts.map(({ outputBytes }) => outputBytes));
  const top = Math.max(...steps.map(({ instructions }) => instructions));
  const got = await q.read('heaviest');
  q.true(
    steps.some(({ name, instructions }) => name === got && instructions === top),
    {
      asked: 'heaviest: the value whose step takes the most instructions in your network',
      got,
      hint:
        got === steps[bytes]?.name
          ? 'That one writes the most bytes. Which step takes the most instructions?'
          : 'Look at the steps of deploy.estimateInstructions(fitted): give the name of the one with the most, in quotes or worked out.',
    },
  );
}

export const networkQuestion: Question = question(
  'network',
  { points: 9, title: 'A network that fits', uses: ['fitted', 'claimed', 'heaviest'] },
  async q => {
    const { test } = await loadDataset('fashion-mnist');
    await judged(q, { images: test, named: 'on the test images' });
    await q.part('own', { points: 2 }, () => askClaims(q));
    await q.part('heaviest', { points: 1 }, () => askHeaviest(q));
  },
);
