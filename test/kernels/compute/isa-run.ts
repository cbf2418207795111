// Run by isa.test.ts in a process of its own, with TINYLAB_ISA set: every call of every int8 kernel by whatever rung is best there, against the reference.
import { type Int8Kernels, int8Rungs } from '../../../lib/tensor/native-int8.ts';
import { calls } from './int8-cases.ts';

const best: Record<string, string | undefined> = {};
let different = 0;
for (const [kernel, rungs] of Object.entries(int8Rungs())) {
  best[kernel] = rungs.findLast(({ available }) => available)?.name;
  for (const { inputs, output, run } of calls[kernel as keyof Int8Kernels]) {
    const [y, expected] = [new Uint8Array(output), new Uint8Array(output)];
    run(inputs, y, { threads: 2 });
    run(inputs, expected, { threads: 1, rung: 'reference' });
    different += Number(Buffer.compare(y, expected) !== 0);
  }
}
console.log(JSON.stringify({ best, different }));
