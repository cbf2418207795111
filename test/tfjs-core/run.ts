import { createRequire } from 'node:module';
import { bundle, publishedIgnoreList } from './bundle.ts';
import { otherRules } from './other-rules.ts';
import type { Outcome } from './suite.ts';

// tfjs-core's own specs on our backend: node test/tfjs-core/run.ts [--all] [--grep TEXT]. With --all the specs that tfjs-node's authors
// leave out run too; they are counted, and do not decide the exit code.
const flags = process.argv.slice(2);
const all = flags.includes('--all');
const text = flags.includes('--grep') ? (flags[flags.indexOf('--grep') + 1] ?? '') : '';

const ignored = publishedIgnoreList();
const isIgnored = (name: string): boolean => ignored.some(part => name.includes(part));
const isOther = (name: string): boolean => otherRules.includes(name);

const { runSuite } = createRequire(import.meta.url)(await bundle()) as typeof import('./suite.ts');
const started = performance.now();
const outcomes = await runSuite(name => name.includes(text) && (all || !isIgnored(name)));
const seconds = ((performance.now() - started) / 1000).toFixed(0);

const ran = outcomes.filter(({ status }) => status === 'passed' || status === 'failed');
const failed = ran.filter(({ status }) => status === 'failed');
const kept = ran.filter(({ name }) => !isIgnored(name) && !isOther(name));
const keptFailed = failed.filter(({ name }) => !isIgnored(name) && !isOther(name));
// With --grep only some are run.
const gone = otherRules.filter(name => name.includes(text) && !failed.some(outcome => outcome.name === name));

for (const outcome of failed.filter(({ name }) => !isOther(name))) console.log(describe(outcome));
for (const name of gone) console.log(`no other rule any more: ${name}`);
console.log(
  `tfjs-core: ${kept.length} specs, ${keptFailed.length} failed, in ${seconds} s (${ignored.length} entries in tfjs-node's ignore list, ${otherRules.length} specs of another rule)`,
);
if (all) {
  const left = ran.length - kept.length;
  console.log(`ignored by tfjs-node: ${left} specs, ${left - (failed.length - keptFailed.length)} of them pass here`);
}
process.exitCode = keptFailed.length === 0 && gone.length === 0 && kept.length > 0 ? 0 : 1;

function describe({ name, reasons }: Outcome): string {
  return `${isIgnored(name) ? 'ignored, fails' : 'FAILED'}: ${name}\n    ${(reasons[0] ?? '').split('\n')[0]}`;
}
