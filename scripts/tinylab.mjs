#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, projectEnv } from './setup/context.mjs';
import { executable } from './setup/files.mjs';

const forAll = `npx tinylab COMMAND

  start      open JupyterLab on the labs          (npm start)
  setup      prepare everything, without starting (npm run setup)
  doctor     what is installed, and what to do about what is not [--json]
  check      run a notebook's checks in the terminal: check FILE.ipynb
  submit     pack a lab to hand in, and say what is missing: submit LAB [--out FILE.zip]`;

const forStaff = `
  collect    take in what students handed in: collect LAB SOURCE [--roster FILE.csv] [--course DIR]
  grade      grade what was handed in, collecting SOURCE first: grade LAB [SOURCE] [--only failed] [--json]
  regrade    grade again after the lab has changed, and say what changes: regrade LAB [--dry-run]
  review     grade answers by hand, in a page of this machine: review LAB [--blind] [--question Q]
  publish    let students see the present grades: publish LAB
  override   change one score by hand: override LAB STUDENT QUESTION SCORE --reason TEXT
  show       the grades of a lab, or where one comes from: show LAB [STUDENT]
  feedback   write a page for each student: feedback LAB [--student S] [--draft]
  analytics  say which questions are too easy, too hard or broken, and what goes wrong: analytics LAB
  similarity show passages and models that students share, for a person to look at: similarity LAB
  release    prove a lab and build what students get: release LAB [--out DIR] [--zip FILE] [--check] [--json]
  export     write grades for another system: export LAB --to canvas|moodle|blackboard|nbgrader|... [--gradebook FILE]
  nbgrader   what a course of nbgrader asks, and what is wrong in it: nbgrader FOLDER
  new-lab    write a small lab to start from: new-lab NAME
  edit       open lab.ts as a notebook: edit LAB
  watch      keep the student notebook fresh while you write lab.ts: watch LAB
  diff       say which questions changed for a student: diff LAB FROM [TO]`;

const more = '\n\n  COMMAND --help says more about one of them.';

/** Commands that are programs of their own and run on any Node; the rest is the autograder, which needs set-up. */
const own = { start: 'start.mjs', setup: 'setup.mjs', doctor: 'doctor.mjs', submit: 'submit.mjs' };

function main([command, ...args]) {
  const context = createContext();
  const cli = join(context.root, 'labs-grading/cli.ts');
  const staff = existsSync(cli);
  if (command === undefined || command === '--help' || command === '-h' || command === 'help')
    return console.log(`${forAll}${staff ? forStaff : ''}${more}`);
  if (own[command]) return execute(process.execPath, [join(context.root, 'scripts', own[command]), ...args], context);
  if (!executable(context.node24)) {
    console.error(`tinylab ${command} needs what set-up installs.\n\n  To mend it:  npm run setup`);
    process.exitCode = 1;
    return undefined;
  }
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
