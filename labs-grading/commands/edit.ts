import type { Command } from 'commander';
import { stopSignal } from '../../scripts/setup/signals.mjs';
import { withProblems } from './shared/explain.ts';
import { tellSave } from './shared/saves.ts';

/** Adds `tinylab edit`. */
export function register(program: Command): void {
  program
    .command('edit')
    .description('open lab.ts as a notebook in JupyterLab; every save writes lab.ts and the student notebook')
    .argument('<lab>', 'lab, such as 00-basics')
    .option('--port <n>', 'first port to try', '8888')
    .addHelpText('after', '\nCells that you do not touch keep their text to the byte. Ctrl-C ends it.')
    .action(edit);
}

async function edit(lab: string, options: { port: string }): Promise<void> {
  const { editLab } = await import('../release/edit.ts');
  const signal = stopSignal();
  const onReady = (address: string): void => void process.stdout.write(`\nlab.ts as a notebook:\n\n    ${address}\n\nCtrl-C ends it.\n`);
  await withProblems(lab, { ownSignals: true }, async () => {
    await editLab(lab, { port: Number(options.port), signal, onReady, onEvent: tellSave });
    return true;
  });
}
