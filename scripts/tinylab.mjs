#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, projectEnv } from './setup/context.mjs';
import { executable } from './setup/files.mjs';

const forAll = `npx tinylab COMMAND

  start      open JupyterLab on the labs          (npm start)
  setup      prepare everything, without starting (npm run setup)
  doctor     what is installed, and what to do about what is not [--json]
  check      run a notebook's checks in the terminal: check FILE.ipynb
  submit     pack a lab to hand in, and say what is missing: submit LAB [--out FILE.zip]
  run        run a network of integers on examples: run FILE.tflite INPUT.npy [--out OUT.npy] [--json]
  inspect    say what a network's layers are and cost: inspect FILE [--json]
  compile    write a network as a project in C for a microcontroller: compile FILE --device NAME --out FOLDER [--force]`;

/** What staff can do besides: the list of the autograder's commands, which cli.ts reads too. */
function forStaff(grading) {
  const commands = JSON.parse(readFileSync(join(grading, 'commands/commands.json'), 'utf8'));
  // What students have as well is told above.
  return commands.filter(({ says }) => says).map(({ name, says }) => `\n  ${name.padEnd(10)} ${says}`);
}

const more = '\n\n  COMMAND --help says more about one of them.';

/** Commands that need set-up and nothing of the autograder. */
const programs = { run: 'programs/run.ts', inspect: 'programs/inspect.ts', compile: 'programs/compile.ts' };

/** Commands that are programs of their own and run on any Node; the rest is the autograder, which needs set-up. */
const own = { start: 'start.mjs', setup: 'setup.mjs', doctor: 'doctor.mjs', submit: 'submit.mjs' };

function main([command, ...args]) {
  const context = createContext();
  const grading = join(context.root, 'labs-grading');
  const cli = join(grading, 'cli.ts');
  const staff = existsSync(cli);
  if (command === undefined || command === '--help' || command === '-h' || command === 'help')
    return console.log([forAll, ...(staff ? forStaff(grading) : []), more].join(''));
  if (own[command]) return execute(process.execPath, [join(context.root, 'scripts', own[command]), ...args], context);
  if (!executable(context.node24)) {
    console.error(`tinylab ${command} needs what set-up installs.\n\n  To mend it:  npm run setup`);
    process.exitCode = 1;
    return undefined;
  }
  if (programs[command]) return execute(context.node24, [join(context.root, 'scripts', programs[command]), ...args], context);
  if (!staff && command === 'check') return execute(context.node24, [join(context.root, 'scripts/check/main.ts'), ...args], context);
  if (!staff) return fail(`tinylab ${command}: this copy of TinyLab has no labs-grading folder (it is the instructors' part).`);
  return execute(context.node24, [cli, command, ...args], context);
}

function fail(what) {
  console.error(what);
  process.exitCode = 1;
}

/** Runs a program in this one's place: same terminal, same folder, its exit code. A signal reaches both; ours waits for the child's end. */
function execute(program, args, context) {
  const child = spawn(program, args, { stdio: 'inherit', env: program === context.node24 ? projectEnv(context) : process.env });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  child.on('error', error => fail(error.message));
  child.on('close', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

main(process.argv.slice(2));
