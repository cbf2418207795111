import type { Command } from 'commander';
import { stopSignal } from '../../scripts/setup/signals.mjs';
import { shown } from '../release/lab-files.ts';
import { newLab } from '../release/scaffold.ts';
import type { WatchEvent } from '../release/watch.ts';
import { tell } from './shared/refusals.ts';

type DiffArguments = [lab: string, from: string, to: string, options: { json?: boolean }];

/** Adds what an author uses while writing a lab: `new-lab`, `edit`, `watch`, `diff`. */
export function registerAuthorCommands(program: Command): void {
  program
    .command('new-lab')
    .description('write a small lab that passes its gate, to start from')
    .argument('<name>', 'name of the lab, such as 02-quantization')
    .option('--in <dir>', 'keep all of its parts together in DIR/NAME instead of the project’s folders')
    .action(scaffold);
  program
    .command('edit')
    .description('open lab.ts as a notebook in JupyterLab; every save writes lab.ts and the student notebook')
    .argument('<lab>', 'lab, such as 00-basics')
    .option('--port <n>', 'first port to try', '8888')
    .addHelpText('after', '\nCells that you do not touch keep their text to the byte. Ctrl-C ends it.')
    .action(edit);
  program
    .command('watch')
    .description('write the student notebook at every change of lab.ts')
    .argument('<lab>', 'lab, such as 00-basics, or a folder with lab.ts and checks.ts')
    .addHelpText('after', '\nMistakes in lab.ts are told with file, cell and line; the next save may mend them. Ctrl-C ends it.')
    .action(watch);
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

async function scaffold(name: string, options: { in?: string }): Promise<void> {
  await tell(name, {}, () => {
    const lab = newLab(name, options.in);
    process.stdout.write(`${shown(lab)} written. Next: npx tinylab edit ${shown(lab)}, npx tinylab release ${shown(lab)} --check\n`);
    return true;
  });
}

async function edit(lab: string, options: { port: string }): Promise<void> {
  const { editLab } = await import('../release/edit.ts');
  const signal = stopSignal();
  const onReady = (address: string): void => void process.stdout.write(`\nlab.ts as a notebook:\n\n    ${address}\n\nCtrl-C ends it.\n`);
  await tell(lab, { ownSignals: true }, async () => {
    await editLab(lab, { port: Number(options.port), signal, onReady, onEvent: told });
    return true;
  });
}

async function watch(lab: string): Promise<void> {
  const { watchLab } = await import('../release/watch.ts');
  const signal = stopSignal();
  await tell(lab, { ownSignals: true }, async () => {
    const watching = watchLab(lab, told);
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
    watching.close();
    return true;
  });
}

function told(event: WatchEvent): void {
  const time = new Date().toTimeString().slice(0, 8);
  process.stdout.write(`${time}  ${event.kind === 'refused' ? event.error.message : `notebook ${event.kind}`}\n`);
}

async function diff(...[lab, from, to, { json = false }]: DiffArguments): Promise<void> {
  const [{ diffLabs, diffLines }, { labView }] = await Promise.all([
    import('../release/diff/diff.ts'),
    import('../release/diff/versions.ts'),
  ]);
  await tell(lab, { json }, async () => {
    const found = diffLabs(lab, await labView(lab, from), await labView(lab, to));
    process.stdout.write(json ? `${JSON.stringify(found, null, 1)}\n` : `${diffLines(found).join('\n')}\n`);
    return true;
  });
}
