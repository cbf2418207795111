import { existsSync } from 'node:fs';
import { Command } from 'commander';

const program = new Command('tinylab').description('TinyLab: grade, check and release labs').showHelpAfterError();

/** Commands by the module that registers them. Only the family that is asked for is loaded: the supervisor of grading needs no tensor library. */
const families: readonly { readonly module: string; readonly register: string; readonly commands: readonly string[] }[] = [
  {
    module: './commands/register-gradebook.ts',
    register: 'registerGradebook',
    commands: ['grade', 'regrade', 'publish', 'override', 'show'],
  },
  { module: './commands/review.ts', register: 'registerReview', commands: ['review'] },
  { module: './commands/collect.ts', register: 'registerCollect', commands: ['collect'] },
  { module: './commands/nbgrader.ts', register: 'registerNbgrader', commands: ['nbgrader'] },
  { module: './commands/register-reports.ts', register: 'registerReports', commands: ['feedback', 'export', 'analytics', 'similarity'] },
  {
    module: './commands/release.ts',
    register: 'registerReleaseCommands',
    commands: ['release', 'check', 'new-lab', 'edit', 'watch', 'diff'],
  },
];

const asked = process.argv[2] ?? '';
const named = families.filter(({ commands }) => commands.includes(asked));
for (const { module, register } of named.length > 0 ? named : families) {
  const url = new URL(module, import.meta.url);
  if (!existsSync(url)) continue;
  const family = (await import(url.href)) as Record<string, (to: Command) => void>;
  family[register]?.(program);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
