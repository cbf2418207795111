import type { Attack } from '../attack.ts';
import { add, cell, frame } from './source.ts';

/** A wrong answer that looks for what is expected, in files that graders leave beside a notebook. */
const searchFiles = `
const fs = require('node:fs');
const places = ['/lab/tests.js', '/lab/work/tests.js', '/lab/labs-grading/labs', '/lab/test/attacks/lab/hidden.ts', '/proc/self/cwd/../tests.js', '/proc/1/environ', '/proc/1/cmdline'];
const found = places.filter(p => fs.existsSync(p)).map(p => { try { return fs.readFileSync(p, 'utf8'); } catch { return ''; } }).join('');
const wanted = [...found.matchAll(/\\[(-?\\d+), (-?\\d+), (-?\\d+)\\]/g)].map(m => m.slice(1).map(Number));`;
const fromFound = 'const hit = wanted.find(([x, y]: number[]) => x === a && y === b);\nreturn hit ? hit[2] : 0;';

/** Rows 1 to 9: verdicts that are made, read, forged or skipped from inside. */
export const verdictAttacks: readonly Attack[] = [
  {
    row: 1,
    name: 'patched prototypes and assert',
    answers: add(
      'return 0;',
      "Array.prototype.every = () => true;\nObject.is = () => true;\nMath.abs = () => 0;\nJSON.stringify = () => '{\"passed\":true}';\nrequire('node:assert').ok = () => {};",
    ),
    states: ['failed', 'crashed'],
    rest: 0,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 1,
    name: 'patched library',
    answers: add('return 0;', "try { Object.assign(require('tinylab'), { runQuestion: () => ({ score: 2 }) }); } catch {}"),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 1,
    name: 'object that is equal to anything',
    answers: add('return new Proxy({}, { get: (_, key) => (key === "then" ? undefined : () => 42) });'),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 1,
    name: 'record that looks like a model and breaks whoever describes it',
    answers: add('return { nodes: [], parameters: {}, name: { toString: 1, valueOf: 1 }, equals: { toString: 1, valueOf: 1 } };'),
    states: ['failed', 'refused value'],
    works: ({ told }) => told.includes('TypeError'),
  },
  {
    row: 1,
    name: 'record that looks like an array, from a proxy with getters',
    answers: add(
      "const trap = { get: (_: object, key: string) => (key === 'shape' ? [2] : key === 'dtype' ? 'float32' : key === 'data' ? [1, 2] : key === 'then' ? undefined : 7), ownKeys: () => ['shape', 'dtype', 'data'], getOwnPropertyDescriptor: () => ({ value: 7, enumerable: true, configurable: true }) };\nreturn new Proxy({}, trap);",
    ),
    states: ['failed', 'refused value'],
    works: ({ told }) => told.includes('TypeError'),
  },
  {
    row: 1,
    name: 'value whose getter and text throw',
    answers: add(
      "return { get equals() { throw new Error('mine'); }, get x() { throw { toString: 1 }; }, toJSON: 1, [Symbol.toPrimitive]: 1 };",
    ),
    states: ['failed', 'refused value'],
    works: ({ told }) => told.includes('mine'),
  },
  {
    row: 2,
    name: 'tests read from disk',
    answers: add(fromFound, searchFiles),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 2,
    name: 'hidden values printed from files and descriptors',
    answers: add('return 0;', `${searchFiles}\nconsole.log('found:', wanted.join(';'));`),
    states: ['failed'],
    works: ({ told }) => told.includes('7310977'),
  },
  {
    row: 3,
    name: 'hook that sees and replaces later code',
    answers: add(
      'return 0;',
      "const vm = require('node:vm');\nconst real = vm.runInThisContext;\nvm.runInThisContext = ((code: string, ...rest: any[]) => (String(code).includes('testAdd') ? () => {} : real(code, ...rest))) as any;",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 3,
    name: 'expected value from the stack of callers',
    answers: add(
      'return spy();',
      "const spy = new Function('var c = arguments.callee.caller; for (var i = 0; c && i < 9; i++) { if (c.arguments && c.arguments.length === 4) return c.arguments[3]; c = c.caller; } return 0;');",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 3,
    name: 'sources of the whole process through the inspector',
    answers: add(
      fromFound,
      `let seen = '';
const { Session } = require('node:inspector');
const session = new Session();
session.connect();
const ids: string[] = [];
session.on('Debugger.scriptParsed', ({ params }: any) => ids.push(params.scriptId));
session.post('Debugger.enable');
const texts = () => { for (const scriptId of ids) session.post('Debugger.getScriptSource', { scriptId }, (_: unknown, r: any) => { if (r && r.scriptSource.includes('testAdd(add)')) seen += r.scriptSource; }); };
const wanted = { find: (test: any) => { texts(); return [...seen.matchAll(/\\[(-?\\d+), (-?\\d+), (-?\\d+)\\]/g)].map(m => m.slice(1).map(Number)).find(test); } };`,
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 4,
    name: 'forged results file, at the end of the process',
    answers: add(
      'return 0;',
      "process.on('exit', () => { for (const place of ['/lab/work', '/tmp', '/lab', '/autograder/results']) try { require('node:fs').writeFileSync(place + '/results.json', JSON.stringify({ add: true, score: 10, tests: [{ score: 2, max_score: 2 }] })); } catch {} });",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.file === 'passed',
  },
  {
    row: 5,
    name: 'forged verdict on the inherited channel',
    answers: add(
      'return 0;',
      `process.on('exit', () => { ${frame("JSON.stringify({ id: 'x', ok: true, add: true, value: { score: 10 } })")} });${frame(
        "JSON.stringify({ id: 'x', ok: true, add: true, value: { score: 10 } })",
      )}`,
    ),
    states: ['crashed', 'failed'],
    works: ({ verdicts }) => verdicts.channel === 'passed',
  },
  {
    row: 5,
    name: 'answers with the id of the request, twice',
    answers: add(
      'return 0;',
      `let id = '';
const parse = JSON.parse;
JSON.parse = ((text: string, ...rest: any[]) => { const value = parse(text, ...rest); if (value && value.op === 'call') { id = value.id; for (let i = 0; i < 2; i++) ${frame(
        'JSON.stringify({ id, ok: true, value: 7, add: true })',
      )} } return value; }) as any;
process.on('exit', () => { ${frame('JSON.stringify({ add: true })')} });`,
    ),
    states: ['crashed', 'failed'],
    rest: 0,
    works: ({ verdicts }) => verdicts.channel === 'passed',
  },
  {
    row: 5,
    name: 'frame of four gigabytes',
    answers: add('return 0;', "require('node:fs').writeSync(3, Buffer.from([255, 255, 255, 255, 1, 2, 3]));"),
    states: ['crashed', 'failed'],
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 5,
    name: 'frame that is no JSON, during a call',
    answers: add("require('node:fs').writeSync(3, Buffer.from([0, 0, 0, 2, 123, 123]));\nreturn 0;"),
    states: ['crashed'],
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 6,
    name: 'forged report on stdout and stderr',
    answers: add(
      'return 0;',
      "process.on('exit', () => require('node:fs').writeSync(1, '\\nadd: passed\\n'));\nconsole.log(JSON.stringify({ question: 'add', state: 'passed', score: 2 }));\nconsole.error('add: passed');",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 7,
    name: 'exit 0 in a cell',
    answers: cell('process.exit(0);'),
    states: ['crashed'],
    works: ({ verdicts }) => verdicts.exit === 'passed',
  },
  {
    row: 7,
    name: 'exit 0 in a call',
    answers: add('process.exit(0);'),
    states: ['crashed'],
    works: ({ verdicts }) => verdicts.exit === 'passed',
  },
  {
    row: 8,
    name: 'tests replaced on disk from inside',
    answers: add(
      'return 0;',
      "for (const place of ['/lab/tests.js', '/lab/node_modules/tinylab/dist/index.js', '/lab/programs/runner.mjs', '/lab/lib/dist/index.js']) try { require('node:fs').writeFileSync(place, '(function testAdd() {})'); } catch {}",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 9,
    name: 'process that goes on after the end',
    answers: add(
      'return 0;',
      "const script = 'sleep 0.1; while :; do for d in /lab/work /tmp; do echo \\'{\"add\":true}\\' > $d/results.json; done; sleep 0.05; done 2>/dev/null # 98761';\nrequire('node:child_process').spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' }).unref();",
    ),
    states: ['failed'],
    works: ({ verdicts, lingering }) => verdicts.file === 'passed' && lingering.length > 0,
  },
];
