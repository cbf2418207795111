import type { Benchmark, Result, Sample } from './result.ts';

/** Runs one benchmark of this folder: node run.ts NAME [--peers] [--json]. */
const [name, ...flags] = process.argv.slice(2);
const json = flags.includes('--json');
const { default: run }: { default: Benchmark } = await import(`./${name}.ts`);
const log = (line: string) => (json ? process.stderr.write(`${line}\n`) : console.log(line));
const result = await run({ peers: flags.includes('--peers'), log });

if (json) console.log(JSON.stringify(result));
else for (const line of table(result)) console.log(line);

function table({ name: title, unit, ours, peers, ratio, rows = [] }: Result): string[] {
  const row = (who: string, { min, median, n }: Sample) =>
    `  ${who.padEnd(36)} ${min.toFixed(2).padStart(10)} ${median.toFixed(2).padStart(10)} ${unit}   n=${n}`;
  const head = `${title.padEnd(38)} ${'min'.padStart(10)} ${'median'.padStart(10)}`;
  const others = Object.entries(peers).map(([peer, sample]) => row(peer, sample));
  const last = ratio === undefined ? [] : [`  ours.min / best peer's min = ${ratio.toFixed(3)}`];
  return ['', head, row('ours', ours), ...others, ...last, ...rows.map(text => `  ${text}`)];
}
