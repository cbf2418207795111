import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { type Command, InvalidArgumentError } from 'commander';
import { writeChanged } from '../base/write-whole.ts';
import type { Figures } from '../mutate/figures.ts';
import { type MutateOptions, mutateLab } from '../mutate/mutate.ts';
import { mutationPage } from '../report/mutation/page.ts';
import { withProblems } from './shared/explain.ts';
import { figureLines } from './shared/mutation-tables.ts';

function whole(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 0)) throw new InvalidArgumentError('a whole number is needed, such as 6');
  return value;
}

const help = `
Makes wrong answers of the lab's own by rule (off by one, axis swapped, dropped term …), throws away those that do not compile or that
answer as the lab's own does on 200 further seeds, and has the lab's checks mark the others: how many are caught, how many are told a hint
that names the mistake, which get through. Answers of styles.ts are marked too, and none may be refused. Where no check calls a function
(choices, numbers, delivered work) only the outcome can be compared: what has full marks there counts as the same.
Marks are remembered in .tinylab/mutate, so a run that was interrupted goes on. survivors.json of the lab lists survivors that are
acceptable, with the reason.

Exit code: 0 every wrong answer is caught or accepted and no right one refused, 1 otherwise.`;

interface MutateFlags {
  readonly question?: string;
  readonly seed: number;
  readonly perOperator: number;
  readonly delivered: number;
  readonly report?: string;
  readonly json?: boolean;
}

/** Adds `tinylab mutate`. */
export function register(program: Command): void {
  program
    .command('mutate')
    .description('measure the checks of a lab: do they catch wrong answers made by rule, and take right ones in other styles?')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts and checks.ts')
    .option('--question <id>', 'this question only')
    .option('--seed <n>', 'decides which answers are made', whole, 1)
    .option('--per-operator <n>', 'most answers of one rule to one question', whole, 6)
    .option('--delivered <n>', 'most answers to a question whose work is delivered: each trains or measures anew', whole, 2)
    .option('--report <dir>', 'write a page there: the figures, what gets through, what is refused, what lacks a hint')
    .option('--json', 'print { total, caught, hinted, passed, byOperator, … } as JSON')
    .addHelpText('after', help)
    .action(mutate);
}

async function mutate(lab: string, { json = false, report, ...options }: MutateFlags): Promise<void> {
  await withProblems(lab, { json }, async () => {
    const figures = await withBar(options);
    process.stdout.write(json ? `${JSON.stringify(figures, null, 1)}\n` : `${figureLines(figures).join('\n')}\n`);
    if (report !== undefined) {
      const path = resolve(report, `${figures.lab}.html`);
      writeChanged(path, mutationPage(figures));
      if (!json) process.stdout.write(`${path} written\n`);
    }
    return figures.passed.length === 0 && figures.styles.refused.length === 0;
  });

  /** A bar on the terminal; nothing where there is none. */
  async function withBar(how: MutateOptions): Promise<Figures> {
    const bar = new SingleBar({ format: '{bar} {value}/{total}  {question}: {operator}', hideCursor: true, stream: process.stderr });
    if (process.stderr.isTTY) bar.start(1, 0, { question: lab, operator: 'reading' });
    try {
      return await mutateLab(lab, {
        ...how,
        onMark: ({ done, total, question, operator }) => {
          bar.setTotal(total);
          bar.update(done, { question, operator });
        },
      });
    } finally {
      bar.stop();
    }
  }
}
