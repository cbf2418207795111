// Run by native-ops-hostile.test.ts in a process of its own: native-ops-hostile-run.ts SEED COUNT. Where a crash ends it, the last line names the run.
import { writeSync } from 'node:fs';
import '../../../lib/tensor/native-ops.ts';
import { runOps } from '../../../lib/tensor/run-op.ts';
import { tf } from '../../../lib/tensor/tf.ts';
import { attributesOf, hostileRun, tensorOf } from './native-ops-hostile.ts';

const [seed, count] = process.argv.slice(2).map(Number) as [number, number];
const told = { well: 0, refused: 0 };

for (let i = seed; i < seed + count; i++) {
  const { op, inputs, attributes, outputs, spoiled } = hostileRun(i);
  const what = `run ${i}, ${op}: ${spoiled.join('; ') || 'good'}`;
  writeSync(1, `${what} ${JSON.stringify([inputs.map(({ shape }) => shape), attributes])}\n`);
  tf.tidy(() => {
    const tensors = inputs.map(tensorOf);
    try {
      for (const tensor of runOps(op, tensors, { attributes: attributesOf(attributes), outputs })) tensor.dataSync();
      told.well++;
    } catch (error) {
      const { message } = error as Error;
      if (spoiled.length === 0 || !message) throw new Error(`${what}: ${message}`);
      told.refused++;
    }
  });
}
writeSync(1, `${JSON.stringify(told)}\n`);
