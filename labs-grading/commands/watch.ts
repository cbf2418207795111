import type { Command } from 'commander';
import { stopSignal } from '../../scripts/setup/signals.mjs';
import { withProblems } from './shared/explain.ts';
import { tellSave } from './shared/saves.ts';

/** Adds `tinylab watch`. */
export function register(program: Command): void {
  program
    .command('watch')
    .description('write the student notebook at every change of lab.ts')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts and checks.ts')
    .addHelpText('after', '\nMistakes in lab.ts are told with file, cell and line; the next save may mend them. Ctrl-C ends it.')
    .action(watch);
}

async function watch(lab: string): Promise<void> {
  const { watchLab } = await import('../release/watch.ts');
  const signal = stopSignal();
  await withProblems(lab, { ownSignals: true }, async () => {
    const watching = watchLab(lab, tellSave);
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    watching.close();
    return true;
  });
}
