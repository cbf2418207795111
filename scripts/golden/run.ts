import { type Judgement, judgeFolder } from './judge.ts';

/** Runs the cases of a folder: node run.ts DIR [--json]. The exit code is 1 where one differs. */
const [folder = '.', ...flags] = process.argv.slice(2);
const judgement = judgeFolder(folder);
if (flags.includes('--json')) console.log(JSON.stringify(judgement));
else for (const line of lines(judgement)) console.log(line);
process.exitCode = judgement.different > 0 ? 1 : 0;

function lines({ cases, equal, different, refused }: Judgement): string[] {
  const shown = cases.map(({ name, state, detail }) => `${state.padEnd(9)}  ${name.padEnd(36)}  ${detail}`);
  return [...shown, '', `${equal} equal, ${different} different, ${refused} refused`];
}
