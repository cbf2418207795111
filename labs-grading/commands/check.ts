import type { Command } from 'commander';
import { checkFile, fileCheckLines } from '../release/check-file.ts';
import { withProblems } from './shared/explain.ts';

/** Adds `tinylab check`. */
export function register(program: Command): void {
  program
    .command('check')
    .description('run a notebook and ask the public cases of its lab, as check() does in JupyterLab')
    .argument('<file>', 'a notebook, such as notebooks/00-basics/00-basics.ipynb')
    .option('--json', 'print what was found as JSON')
    .option('--kernel', 'run in an ordinary kernel even where there is a sandbox')
    .addHelpText('after', '\nExit code: 0 full marks on the public cases, 1 otherwise.')
    .action(check);
}

async function check(file: string, options: { json?: boolean; kernel?: boolean }): Promise<void> {
  await withProblems(file, options, async () => {
    const report = await checkFile(file, options);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 1)}\n` : `${fileCheckLines(report).join('\n')}\n`);
    return report.score >= report.points;
  });
}
