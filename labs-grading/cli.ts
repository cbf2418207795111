import { Command } from 'commander';
import commands from './commands/commands.json' with { type: 'json' };
import { explain } from './commands/shared/explain.ts';

const program = new Command('tinylab').description('TinyLab: grade, check and release labs').showHelpAfterError();

/** Only the command that is asked for is loaded: the supervisor of grading needs no tensor library. */
const asked = commands.filter(({ name }) => name === process.argv[2]);
for (const { name } of asked.length > 0 ? asked : commands) {
  const { register } = (await import(`./commands/${name}.ts`)) as { register(to: Command): void };
  register(program);
}

// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  explain(error);
}
