import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { registerGrade } from './run/grade-command.ts';

const program = new Command('tinylab').description('TinyLab: grade, check and release labs').showHelpAfterError();
registerGrade(program);

// The supervisor of grading loads no tensor library, which the release tools need.
const release = new URL('./release/commands.ts', import.meta.url);
if (process.argv[2] !== 'grade' && existsSync(release)) {
  const { registerReleaseCommands } = (await import(release.href)) as { registerReleaseCommands: (to: Command) => void };
  registerReleaseCommands(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
