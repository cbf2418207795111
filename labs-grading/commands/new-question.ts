import { type Command, Option } from 'commander';
import { type QuestionKind, questionKinds } from '../release/new-question/kinds.ts';
import { newQuestion } from '../release/new-question/new-question.ts';
import { withProblems } from './shared/explain.ts';

const help = `
The question passes the gate as it is: change its text, solution, check, known wrong answer and other style into yours. It comes after the last
question of the lab. Ids, titles and points stand in checks.ts only.`;

/** Adds `tinylab new-question`. */
export function register(program: Command): void {
  program
    .command('new-question')
    .description('add a question to every file of a lab, to start from')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts, checks.ts, mutants.ts')
    .argument('<id>', 'id of the question, such as model-size')
    .addOption(new Option('--kind <kind>', 'what the student writes').choices(Object.keys(questionKinds)).default('function'))
    .addHelpText('after', help)
    .action(scaffold);
}

async function scaffold(lab: string, id: string, { kind }: { kind: QuestionKind }): Promise<void> {
  await withProblems(lab, {}, () => {
    for (const file of newQuestion(lab, id, kind)) process.stdout.write(`${file} written\n`);
    const question = kind === 'prose' ? '' : ` --question ${id}`;
    process.stdout.write(`Next: change them, then npx tinylab release ${lab} --check${question}\n`);
    return true;
  });
}
