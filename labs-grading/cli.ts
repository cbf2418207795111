import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { registerGrade } from './run/grade-command.ts';

const program = new Command('tinylab').description('TinyLab: grade, check and release labs').showHelpAfterError();
registerGrade(program);

// A build without the release tools (they come with the instructor's part) still grades.
const release = new URL('./release/commands.ts', import.meta.url);
if (existsSync(release)) {
  const { registerReleaseCommands } = (await import(release.href)) as { registerReleaseCommands: (to: Command) => void };
  registerReleaseCommands(program);
}

await program.parseAsync();
