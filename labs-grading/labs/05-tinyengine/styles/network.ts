import { type OtherStyle, spelled } from '../../../lab/mutant.ts';

// A network that fits, as other people find it.

export const networkStyles: readonly OtherStyle[] = spelled(
  'network',
  `const fitted = await deliver('network', () => {
  const program = integersOf('14-16');
  let best: deploy.Program | undefined;
  for (let steps = 1; steps <= deploy.patchableSteps(program); steps++)
    for (const [rows, columns] of [[1, 2], [2, 1], [2, 2]] as const) {
      const cut = deploy.patchProgram(program, { steps, rows, columns });
      if (fitOf(cut).fits && (!best || workOf(cut) < workOf(best))) best = cut;
    }
  return best;
});
const { sram, flash } = fitOf(fitted!);
const claimed = { flash, sram };
const ordered = [...deploy.estimateInstructions(fitted!).steps].sort((a, b) => b.instructions - a.instructions);
const heaviest = ordered[0]!.name;`,
  `const fitted = await deliver('network', async () => {
  const found: { program: deploy.Program; work: number }[] = [];
  for (const name of family) {
    const whole = integersOf(name);
    if (rightOf(whole) < 0.86) continue;
    const { trials } = await deploy.searchPatches(whole, { patches: 2, most: 3 });
    for (const way of trials) {
      const program = way.steps ? deploy.patchProgram(whole, way) : whole;
      if (fitOf(program).fits) found.push({ program, work: workOf(program) });
    }
  }
  found.sort((a, b) => a.work - b.work);
  return found[0]!.program;
});
const claimed = fitOf(fitted);
const works = deploy.estimateInstructions(fitted).steps.map(({ instructions }) => instructions);
const heaviest = deploy.estimateInstructions(fitted).steps[works.indexOf(Math.max(...works))]!.name;`,
  `const fitted = await deliver('network', () =>
  deploy.fuseProgram(deploy.patchProgram(integersOf('14-16'), { steps: 5, rows: 1, columns: 2 })),
);
const claimed = { sram: fitOf(fitted).sram, flash: fitOf(fitted).flash, instructions: workOf(fitted) };
let heaviest = '';
let most = 0;
for (const { name, instructions } of deploy.estimateInstructions(fitted).steps)
  if (instructions > most) [heaviest, most] = [name, instructions];`,
  `const fitted = await deliver('network', () => {
  const program = integersOf('14-16');
  const cuts = [4, 5, 6].map(steps => deploy.patchProgram(program, { steps, rows: 2, columns: 1 }));
  return cuts.filter(cut => fitOf(cut).fits).sort((a, b) => workOf(a) - workOf(b))[0];
});
const claimed = { ...fitOf(fitted!) };
const byName = Object.fromEntries(deploy.estimateInstructions(fitted!).steps.map(s => [s.name, s.instructions]));
const heaviest = Object.keys(byName).sort((a, b) => byName[b]! - byName[a]!)[0];`,
);
