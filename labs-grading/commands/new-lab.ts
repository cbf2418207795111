import type { Command } from 'commander';
import { shown } from '../base/project.ts';
import { newLab } from '../release/scaffold.ts';
import { withProblems } from './shared/explain.ts';

/** Adds `tinylab new-lab`. */
export function register(program: Command): void {
  program
    .command('new-lab')
    .description('write a small lab that passes its gate, to start from')
    .argument('<name>', 'name of the lab, such as 02-quantization')
    .option('--in <dir>', 'keep all of its parts together in DIR/NAME instead of the project’s folders')
    .action(scaffold);
}

async function scaffold(name: string, options: { in?: string }): Promise<void> {
  await withProblems(name, {}, () => {
    const lab = newLab(name, options.in);
    process.stdout.write(`${shown(lab)} written. Next: npx tinylab edit ${shown(lab)}, npx tinylab release ${shown(lab)} --check\n`);
    return true;
  });
}
