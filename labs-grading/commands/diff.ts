import type { Command } from 'commander';
import { withProblems } from './shared/explain.ts';

type DiffArguments = [lab: string, from: string, to: string, options: { json?: boolean }];

/** Adds `tinylab diff`. */
export function register(program: Command): void {
  program
    .command('diff')
    .description('say which questions differ for a student between two versions of a lab')
    .argument('<lab>', 'lab, such as 00-basics')
    .argument('<from>', 'a released folder or zip, a git revision, a version as notebooks carry it, or "now"')
    .argument('[to]', 'the same; the files as they are without it', 'now')
    .option('--json', 'print the difference as JSON')
    .addHelpText('after', '\nWhere names or points changed it also prints the step for migrations.json.')
    .action((...args: DiffArguments) => diff(...args));
}

async function diff(...[lab, from, to, { json = false }]: DiffArguments): Promise<void> {
  const [{ diffLabs, diffLines }, { labView }] = await Promise.all([
    import('../release/diff/diff.ts'),
    import('../release/diff/versions.ts'),
  ]);
  await withProblems(lab, { json }, async () => {
    const found = diffLabs(lab, await labView(lab, from), await labView(lab, to));
    process.stdout.write(json ? `${JSON.stringify(found, null, 1)}\n` : `${diffLines(found).join('\n')}\n`);
    return true;
  });
}
