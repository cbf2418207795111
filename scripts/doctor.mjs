#!/usr/bin/env node
import './setup/node-version.mjs';
import { installed } from './doctor/installed.mjs';
import { machine } from './doctor/machine.mjs';
import { createContext } from './setup/context.mjs';
import { stopSignal } from './setup/signals.mjs';

const help = `npx tinylab doctor [--json]: each component with its version, its state and what to do about it.

Exit code 1 when something required is missing. Nothing is changed.`;

async function main(args) {
  if (args.includes('--help')) return console.log(help);
  const context = createContext({ signal: stopSignal(), logs: undefined });
  const findings = await Promise.all([...installed, ...machine].map(check => check(context)));
  const bad = findings.some(({ required, state }) => required && (state === 'missing' || state === 'broken'));
  process.exitCode = bad ? 1 : 0;
  console.log(args.includes('--json') ? JSON.stringify({ ok: !bad, components: findings }) : table(findings, bad));
}

const marks = { ok: '✔', untested: '?', low: '!', slow: '!' };

function table(findings, bad) {
  const lines = findings.flatMap(({ component, version, state, required, todo }) => {
    const mark = marks[state] ?? (required ? '✘' : '!');
    const line = `  ${mark} ${component.padEnd(12)} ${state.padEnd(9)} ${version}`.trimEnd();
    return todo ? [line, `${' '.repeat(17)}→ ${todo}`] : [line];
  });
  return [...lines, '', bad ? 'Something required is missing.' : 'Everything required is there.'].join('\n');
}

await main(process.argv.slice(2));
