import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTflite } from '../../lib/deploy/formats/tflite/read-tflite.ts';
import { fuseProgram } from '../../lib/deploy/fuse/fuse.ts';
import { type McuRun, runOnMcu } from '../../lib/deploy/mcu/run.ts';
import { searchPatches } from '../../lib/deploy/patch/search.ts';
import { planMemory } from '../../lib/deploy/plan/plan.ts';
import type { Elements, Program } from '../../lib/deploy/program.ts';
import { runProgram } from '../../lib/deploy/run.ts';
import { random } from '../../lib/tensor/random.ts';
import { sizeOf } from '../../lib/tensor/shape.ts';
import { convolution } from './peers/mcu-layers.ts';
import type { Benchmark, Sample } from './result.ts';

/** Networks of others: mlcommons/tiny, and MCUNet (Lin et al. 2020) as its authors published it. */
const folder = join(import.meta.dirname, '../../../shared/golden/tflite');
const networks = ['mcunet-vww1', 'ic-resnet8', 'kws-dscnn', 'vww-mobilenetv1', 'ad01'];
const devices = ['STM32F412', 'STM32H743', 'Corstone-300'];
const manyExamples = 1000;

/** What others take in the same emulator: TinyEngine's generated C for mcunet-vww1 on a Cortex-M7, 33,454,840 instructions for 11.58 million MACs and 93,992 bytes of buffers. */
const tinyEngine = { perMac: 2.89, sram: 93_992, patched: 44_800 };
/** CMSIS-NN's arm_convolve_wrapper_s8 (July 2026) on a 3 × 3 convolution of 16 × 16 × 16 to 16, instructions for each MAC by core. */
const cmsisNn = { 'cortex-m4': 2.33, 'cortex-m7': 2.34, 'cortex-m55': 0.5 };

interface Row {
  readonly case: string;
  readonly run: McuRun;
  readonly beside: string;
}

/** Random examples of the inputs of a program of integers. */
function examplesOf({ tensors, inputs }: Program, count: number): readonly Elements[] {
  const chance = random(1);
  return inputs.map(index => {
    const { shape, type } = tensors[index] as Program['tensors'][number];
    if (type !== 'int8') throw new Error(`an input of ${type}`);
    return Int8Array.from({ length: count * sizeOf(shape) }, () => chance.int(-128, 127));
  });
}

/** Runs a program and compares all of its bytes with those of `runProgram`. */
async function exactRun(program: Program, device: string, count = 3): Promise<McuRun> {
  const inputs = examplesOf(program, count);
  const run = await runOnMcu(program, { device, inputs, deadlineMs: 600_000 });
  const { outputs } = runProgram(program, inputs);
  const equal = outputs.every(
    (output, i) => Buffer.compare(Buffer.from(output.buffer), Buffer.from((run.outputs[i] as Elements).buffer)) === 0,
  );
  if (!equal) throw new Error(`${program.name} on ${device} does not compute the bytes of runProgram`);
  return run;
}

const opened = (name: string): Program =>
  fuseProgram(readTflite(new Uint8Array(readFileSync(join(folder, `${name}-int8.tflite`)))), { integerEnds: true });

const planned = (program: Program): number => planMemory(program, { inPlaceDepthwise: true }).bytes;

async function networkRows(log: (line: string) => void): Promise<Row[]> {
  if (!existsSync(folder)) {
    log(`networks of others are left out: there is no ${folder}`);
    return [];
  }
  const rows: Row[] = [];
  for (const name of networks)
    for (const device of devices) {
      log(`${name} on ${device}`);
      const beside =
        name === 'mcunet-vww1' && device === 'STM32H743' ? `TinyEngine ${tinyEngine.perMac}, ${tinyEngine.sram} bytes of buffers` : '';
      rows.push({ case: name, run: await exactRun(opened(name), device), beside });
    }
  log('mcunet-vww1 by patches');
  const { program } = await searchPatches(opened('mcunet-vww1'), { bytes: planned });
  rows.push({
    case: 'mcunet-vww1 by patches',
    run: await exactRun(program, 'STM32H743'),
    beside: `TinyEngine ${tinyEngine.patched} bytes`,
  });
  log(`${manyExamples} examples of kws-dscnn`);
  rows.push({
    case: `kws-dscnn, ${manyExamples} examples`,
    run: await exactRun(opened('kws-dscnn'), 'STM32F746', manyExamples),
    beside: 'every byte compared',
  });
  return rows;
}

async function convolutionRows(log: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const device of devices) {
    log(`a convolution on ${device}`);
    const run = await exactRun(convolution(), device);
    rows.push({ case: 'conv 3x3, 16x16x16 to 16', run, beside: `CMSIS-NN ${cmsisNn[run.device.core]}` });
  }
  return rows;
}

function lineOf({ case: name, run, beside }: Row): string {
  const cells = [
    name.padEnd(26),
    run.device.name.padEnd(13),
    `${run.perMac.toFixed(2).padStart(6)} instructions/MAC`,
    `${Math.round(run.instructions).toLocaleString('en')} instructions`.padStart(24),
    `SRAM ${run.sram}`.padStart(12),
    `flash ${run.flash}`.padStart(14),
    beside,
  ];
  return cells.join('  ').trimEnd();
}

/** Instructions for each multiply-accumulate, SRAM and flash of networks and of one convolution on emulated microcontrollers, every output compared. */
const run: Benchmark = async ({ log }) => {
  const rows = [...(await convolutionRows(log)), ...(await networkRows(log))];
  const mcunet = rows.find(row => row.case === 'mcunet-vww1' && row.run.device.name === 'STM32H743');
  const { perMac } = (mcunet ?? (rows[0] as Row)).run;
  const sample = (value: number): Sample => ({ min: value, median: value, n: 1 });
  const peers: Record<string, Sample> = mcunet ? { 'TinyEngine, measured before': sample(tinyEngine.perMac) } : {};
  return {
    name: mcunet ? 'mcunet-vww1 on a Cortex-M7' : 'a convolution on a Cortex-M4',
    unit: 'instructions/MAC',
    ours: sample(perMac),
    peers,
    ...(mcunet && { ratio: perMac / tinyEngine.perMac }),
    rows: rows.map(lineOf),
  };
};

export default run;
