import { compile } from '../../lib/loops/compile/compile.ts';
import { ladder } from '../../lib/loops/ladder/index.ts';
import type { Loop } from '../../lib/loops/loop.ts';
import { type MeasuredLoop, measure } from '../../lib/loops/measure/measure.ts';
import { problems } from '../../lib/loops/problems/index.ts';
import type { LoopProblem } from '../../lib/loops/problems/problem.ts';
import type { Benchmark } from './result.ts';

const product = { m: 512, n: 512, k: 512 };
const image = { height: 56, width: 56, channels: 64, filters: 64 };

/** What each ladder is measured on. */
const cases: Readonly<Record<keyof typeof ladder, LoopProblem>> = {
  matmul: problems.matmul(product),
  int8Matmul: problems.int8Matmul(product),
  conv: problems.conv(image),
  int8Conv: problems.int8Conv(image),
  int4Gemv: problems.int4Gemv({ rows: 4096, columns: 4096 }),
};

/** Seconds of timed calls for each loop, about. */
const seconds = 0.6;

/** Every step of every ladder, in WebAssembly: its speed, and the shares of what vectors in registers and native code reach in the same run. */
const run: Benchmark = async ({ log }) => {
  const rows: string[] = [];
  let best: MeasuredLoop | undefined;
  for (const [name, problem] of Object.entries(cases)) {
    log(problem.name);
    const loops: Record<string, Loop> = {};
    for (const rung of ladder[name as keyof typeof ladder]) loops[rung.name] = await compile(rung.source);
    const measured = await measure(loops, problem, { seconds });
    best ??= measured.at(-1);
    rows.push(problem.name, ...measured.map(lineOf));
  }
  const { minMs, medianMs, calls } = best as MeasuredLoop;
  return {
    name: `loops: ${cases.matmul.name}, the last step`,
    unit: 'ms',
    ours: { min: minMs, median: medianMs, n: calls },
    peers: {},
    rows,
  };
};

export default run;

function lineOf({ name, minMs, medianMs, calls, gops, ratio, ofWasm, ofNative }: MeasuredLoop): string {
  const share = (value: number): string => `${(100 * value).toFixed(1).padStart(5)} %`;
  const times = `${minMs.toFixed(3).padStart(9)} ${medianMs.toFixed(3).padStart(9)} ms  n=${String(calls).padEnd(4)}`;
  return `  ${name.padEnd(18)} ${times} ${gops.toFixed(1).padStart(6)} G/s ${ratio.toFixed(1).padStart(6)} ×  ${share(ofWasm)} of WASM ${share(ofNative)} of native`;
}
