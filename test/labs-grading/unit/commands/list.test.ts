import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import commands from '../../../../labs-grading/commands/commands.json' with { type: 'json' };
import { root } from '../../../house/modules.ts';

const folder = join(root, 'labs-grading/commands');
const names = commands.map(({ name }) => name);

describe('the list of the autograder’s commands', () => {
  it('has one file a command, and no other', () => {
    const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile() && entry.name.endsWith('.ts'));
    expect(files.map(({ name }) => name.slice(0, -3)).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s registers under its name, and nothing else', async name => {
    const program = new Command();
    const { register } = (await import(join(folder, `${name}.ts`))) as { register(to: Command): void };
    register(program);
    expect(program.commands.map(command => command.name())).toEqual([name]);
    expect(program.commands[0]?.description()).not.toBe('');
  });

  it('is what "tinylab --help" tells, in this order, and each line begins its usage with the command', () => {
    const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/tinylab.mjs'), '--help'], { encoding: 'utf8' });
    const told = [...stdout.matchAll(/^ {2}(\S+) +\S.*$/gm)].map(([line, name]) => ({ name, line }));
    expect(told.map(({ name }) => name).filter(name => names.includes(name as string) && name !== 'check')).toEqual(
      names.filter(name => name !== 'check'),
    );
    for (const { name, says } of commands) if (says !== undefined) expect(says).toContain(`: ${name} `);
  });

  it('loads the command that is asked for alone, and all of them for one that nobody knows', () => {
    const run = (...args: string[]) =>
      spawnSync('node_modules/.bin/node', ['labs-grading/cli.ts', ...args], { cwd: root, encoding: 'utf8' });
    const { stdout, status } = run('show', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: tinylab show');
    const unknown = run('gradde');
    expect(unknown.status).toBe(1);
    for (const name of names) expect(unknown.stderr).toContain(`\n  ${name} `);
  });
});
