import type { Dataset } from '../../lib/data/dataset.ts';
import type { Elements, Program } from '../../lib/deploy/program.ts';
import { requirements, runOnnx } from './peers/onnx-runtime.ts';
import { peersPython } from './peers.mjs';
import type { Benchmark, Sample } from './result.ts';

const images = 1000;
const rounds = 5;
const recipe = {
  weights: { format: { kind: 'affine', bits: 8, symmetric: true }, granularity: { kind: 'channel' } },
  activations: { format: { kind: 'affine', bits: 8 } },
} as const;

const sampleOf = (ms: readonly number[]): Sample => {
  const perImage = ms.map(time => time / images).sort((a, b) => a - b);
  return { min: perImage[0] as number, median: perImage[perImage.length >> 1] as number, n: ms.length };
};

/** The share of examples whose largest output is their label's. */
function accuracyOf(outputs: Elements, labels: ArrayLike<number>): number {
  const classes = outputs.length / images;
  let right = 0;
  for (let n = 0; n < images; n++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if ((outputs[n * classes + c] as number) > (outputs[n * classes + best] as number)) best = c;
    if (best === labels[n]) right++;
  }
  return right / images;
}

/** Lab 1's net in integers of 8 bits, and the first 1,000 test images as it takes them. */
async function net(): Promise<{ program: Program; input: Elements; test: Dataset; rows: string[] }> {
  const { accuracy, deploy, loadDataset, pretrained, quantize, take } = await import('../../lib/index.ts');
  const { train, test: all } = await loadDataset('fashion-mnist', { seed: 0 });
  const test = take(all, images);
  const float = await pretrained('fashion-mnist-vgg');
  const quantized = quantize.quantizeModel(float, recipe, { data: take(train, 500) });
  const program = deploy.lowerModel(quantized);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rows = [`float32 ${percent(accuracy(float, test))}, rounded in float32 ${percent(accuracy(quantized, test))} of ${images} images`];
  return { program, input: deploy.quantizeInput(program, test.images), test, rows };
}

/** Lab 1's net as a program of 8-bit integers, here and in ONNX Runtime: time on one thread, and integers that differ. */
const run: Benchmark = async ({ peers }) => {
  const { deploy } = await import('../../lib/index.ts');
  const { program, input, test, rows } = await net();
  const prepared = deploy.prepareProgram(program, { threads: 1 });
  let ours = prepared.run([input]).outputs[0] as Elements;
  const ms = Array.from({ length: rounds }, () => {
    const began = performance.now();
    ours = prepared.run([input]).outputs[0] as Elements;
    return performance.now() - began;
  });
  rows.push(`integers ${(100 * accuracyOf(ours, test.labels.data as Uint8Array)).toFixed(1)} %`);
  const theirs: Record<string, Sample> = {};
  if (peers) {
    await peersPython(requirements);
    for (const form of ['qdq', 'qlinear'] as const) {
      const [ran] = runOnnx([{ model: deploy.writeOnnx(program, { form }), inputs: [input], outputs: 1, rounds }]);
      const integers = new Int8Array(ran?.outputs[0]?.buffer ?? new ArrayBuffer(0));
      const off = integers.map((q, i) => Math.abs(q - Number(ours[i])));
      const share = off.filter(d => d > 0).length / off.length;
      rows.push(
        `${form}: ${(100 * share).toFixed(2)} % of ${off.length} outputs differ, by ${Math.max(...off)} at most; ` +
          `${(100 * accuracyOf(integers, test.labels.data as Uint8Array)).toFixed(1)} % right`,
      );
      theirs[`ONNX Runtime, ${form}`] = sampleOf(ran?.ms ?? []);
    }
  }
  const own = sampleOf(ms);
  const best = Math.min(...Object.values(theirs).map(({ min }) => min));
  return {
    name: 'Lab 1’s net in 8 bits, one thread',
    unit: 'ms/image',
    ours: own,
    peers: theirs,
    ...(peers && { ratio: own.min / best }),
    rows,
  };
};

export default run;
