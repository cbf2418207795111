// Runs a student's notebook and its tests in one process, with the verdict told in every way that graders of this kind use.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import vm from 'node:vm';

interface NotebookJson {
  readonly cells: readonly { readonly cell_type: string; readonly source: string }[];
}

const load = createRequire('/lab/work/notebook.cjs');
const assert = load('node:assert');
const library = {
  runQuestion: (): { score: number } => ({ score: runTests() ? 2 : 0 }),
  deliver: (_: string, work: () => unknown) => work(),
};
let failedChecks = 0;

function runTests(): boolean {
  try {
    // A package in the submission's own folder comes before the grader's.
    load('checker')(vm.runInThisContext(readFileSync('/lab/tests.js', 'utf8')), vm.runInThisContext('add'));
    return true;
  } catch (error) {
    console.error(String(error));
    return false;
  }
}

async function check(name: string): Promise<void> {
  if (name === 'add' && !runTests()) failedChecks++;
}

Object.assign(globalThis, { require: (id: string) => (id === 'tinylab' ? library : load(id)), assert, check, deliver: library.deliver });

async function runCell(source: string): Promise<void> {
  const code = stripTypeScriptTypes(source.replace(/^import .*$/gm, ''));
  const waits = /^(const numbers = )?await /.test(code.trim());
  await vm.runInThisContext(waits ? `(async () => {${code}\n})()` : code);
}

function tell(passed: boolean): void {
  console.log(`add: ${passed ? 'passed' : 'failed'}`);
  writeFileSync('/lab/work/results.json', JSON.stringify({ add: passed, cells: failedChecks === 0 }));
  const body = Buffer.from(JSON.stringify({ add: passed }));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  writeSync(3, Buffer.concat([head, body]));
  process.exitCode = passed ? 0 : 1;
}

const waiting = setInterval(() => {}, 1_000);
const notebook = JSON.parse(readFileSync('/lab/work/attack-lab.ipynb', 'utf8')) as NotebookJson;
for (const { cell_type: type, source } of notebook.cells) {
  if (type !== 'code') continue;
  try {
    await runCell(source);
  } catch (error) {
    console.log('error', (error as Error)?.message);
  }
}
tell(library.runQuestion().score > 0);
clearInterval(waiting);
