import { student } from './distill-story.ts';
import type { Benchmark, Sample } from './result.ts';

// The figures of "A class that was never seen" in lib/compress/distill/STORY.md: npm run bench -- omitted-class.

const seeds = [0, 1, 2];
const omitted = { boot: 9, trouser: 1 };

const run: Benchmark = async ({ log }) => {
  const { accuracy, confusion, distill, loadDataset, oneCycleSchedule, pretrained } = await import('../../lib/index.ts');
  const { train, validation, test } = await loadDataset('fashion-mnist');
  const recalls: Record<string, Sample> = {};
  for (const [name, label] of Object.entries(omitted)) {
    const data = distill.withoutClass(train, label);
    const teacher = distill.cachedTeacher(pretrained('fashion-mnist-vgg'), data);
    const found: number[] = [];
    for (const seed of seeds) {
      const recipe = { seed, steps: 500, learningRate: oneCycleSchedule(0.5), weightDecay: 1e-4, reporter: {} } as const;
      const taught = await distill.distill(await student([8, 12, 22], seed), teacher, { ...recipe, data, temperature: 4, alpha: 1 });
      const { shift, model } = distill.shiftClass(taught, { omitted: label, validation });
      const told = [taught, model].map(net => {
        const row = [...confusion(net, test).data.subarray(10 * label, 10 * label + 10)].map(Number);
        return { recall: (row[label] as number) / row.reduce((sum, n) => sum + n, 0), share: accuracy(net, test) };
      });
      log(
        `without ${name}, seed ${seed}: shift ${shift.toFixed(2)}, recall ${told.map(({ recall }) => recall.toFixed(3)).join(' to ')}, accuracy ${told.map(({ share }) => (100 * share).toFixed(1)).join(' to ')} %`,
      );
      found.push(told[1]?.recall ?? Number.NaN);
    }
    found.sort((a, b) => a - b);
    recalls[name] = { min: found[0] as number, median: found[1] as number, n: found.length };
  }
  const { boot, ...peers } = recalls as Record<keyof typeof omitted, Sample>;
  return { name: 'Recall of boots that the student never saw, after the shift', unit: 'share of them', ours: boot, peers };
};

export default run;
