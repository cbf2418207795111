import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploy, loadDataset, pretrained, quantize, take } from 'tinylab';
import { asked, shareRight } from '../../../notebooks/05-tinyengine/network.ts';
import { hiddenFashionMnist } from '../../data/fashion-mnist/hidden.ts';

// What the bounds of the last question rest on: node labs-grading/labs/05-tinyengine/calibrate.ts [--check], half a minute. Each network of the family is
// calibrated on five numbers of images; its accuracy is taken on the images that the grader runs. Instructions do not depend on any of that.

const family = ['14-2', '14-16', '14-24', '28-2', '28-12'];
const calibrations = [10, 30, 100, 300, 1000];
const file = join(import.meta.dirname, 'bands.json');
const { train, test } = await loadDataset('fashion-mnist');
const sets = { test: take(test, asked.images), hidden: take(hiddenFashionMnist(), asked.images) };

function programOf(name: string, images: number): deploy.Program {
  const weights = { format: quantize.affineFormat({ bits: 8, symmetric: true }), granularity: quantize.axis(-1) };
  const rounded = quantize.quantizeWeights(quantize.foldBatchNorm(pretrained(`fashion-mnist-tiny-${name}`)), weights);
  const intervals = quantize.calibrate(rounded, take(train, images));
  return deploy.lowerModel(quantize.quantizeActivations(rounded, { intervals, format: { bits: 8 } }));
}

const round = (value: number, digits = 4): number => Number(value.toFixed(digits));

/** Mean and standard deviation. */
function spread(values: readonly number[]): { mean: number; sd: number; n: number } {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return { mean: round(mean), sd: round(sd), n: values.length };
}

/** The fewest instructions with which a network fits what the firmware leaves, and how it is cut then. */
async function cheapest(program: deploy.Program): Promise<unknown> {
  const { trials } = await deploy.searchPatches(program);
  const found = trials.flatMap(({ steps, rows, columns }) => {
    const cut = steps > 0 ? deploy.patchProgram(program, { steps, rows, columns }) : program;
    if (!deploy.fits(cut, asked.device, asked.room).fits) return [];
    return [{ steps, rows, columns, instructions: Math.round(deploy.estimateInstructions(cut).instructions) }];
  });
  return found.sort((a, b) => a.instructions - b.instructions).slice(0, 4);
}

const measured: Record<string, unknown> = {};
for (const name of family) {
  const programs = calibrations.map(images => programOf(name, images));
  const [first] = programs as [deploy.Program];
  const { sram, flash } = deploy.fits(first, asked.device, asked.room);
  measured[name] = {
    test: spread(programs.map(program => shareRight(program, sets.test))),
    hidden: spread(programs.map(program => shareRight(program, sets.hidden))),
    sram: sram - asked.room.reservedSram,
    flash: flash - asked.room.codeBytes,
    instructions: Math.round(deploy.estimateInstructions(first).instructions),
    fitting: await cheapest(first),
  };
}
const text = `${JSON.stringify({ asked: { accuracy: asked.accuracy, instructions: asked.instructions }, ...measured }, null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  process.stdout.write(`${file} says something else than what comes now:\n${text}`);
  process.exitCode = 1;
}
