import type { Attack } from '../attack.ts';
import { add, cell } from './source.ts';

const mebibytes = 2 ** 20;

/** Rows 10 to 12, 18 to 22: what a submission may use up, reach, or hope for. */
export const resourceAttacks: readonly Attack[] = [
  {
    row: 10,
    name: 'output flood',
    answers: cell("for (;;) try { require('node:fs').writeSync(1, 'x'.repeat(10000)); } catch {}"),
    states: ['output limit'],
    works: ({ printedBytes }) => printedBytes > 8 * mebibytes,
  },
  {
    row: 10,
    name: 'deeply nested answer',
    answers: add(
      "let v: any = 0;\nfor (let i = 0; i < 100000; i++) v = [v];\nconst text = '['.repeat(100000) + ']'.repeat(100000);\nconst body = Buffer.from('{\"v\":' + text + '}');\nconst head = Buffer.alloc(4);\nhead.writeUInt32BE(body.length);\nrequire('node:fs').writeSync(3, Buffer.concat([head, body]));\nreturn v;",
    ),
    states: ['failed', 'crashed', 'timeout'],
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 10,
    name: 'a frame within the size that holds millions of values',
    answers: add(
      "const n = 24 * 2 ** 20;\nconst body = Buffer.concat([Buffer.from('{\"id\":\"x\",\"v\":['), Buffer.alloc(n - (n % 3), '{},'), Buffer.from('0]}')]);\nconst head = Buffer.alloc(4);\nhead.writeUInt32BE(body.length);\nconst all = Buffer.concat([head, body]);\nfor (let at = 0; at < all.length; ) try { at += require('node:fs').writeSync(3, all, at); } catch {}\nreturn 0;",
    ),
    states: ['crashed', 'timeout'],
    works: ({ graderCrashed, hung }) => graderCrashed || hung,
  },
  {
    row: 22,
    name: 'source that overflows the compiler',
    answers: cell(`const add = ${'('.repeat(20_000)}1${')'.repeat(20_000)};`),
    states: ['compile error', 'crashed'],
    // It breaks the compiler for the cells after it, too.
    works: ({ told }) => (told.match(/^error /gm)?.length ?? 0) > 1,
  },
  {
    row: 11,
    name: 'endless loop in a cell',
    answers: cell('while (true) {}'),
    states: ['timeout'],
    works: ({ hung }) => hung,
  },
  {
    row: 11,
    name: 'endless loop in a call',
    answers: add('while (true) {}'),
    states: ['timeout'],
    works: ({ hung }) => hung,
  },
  {
    row: 11,
    name: 'promise that never settles',
    answers: cell('await new Promise(() => {});'),
    states: ['timeout'],
    works: ({ hung }) => hung,
  },
  {
    row: 11,
    name: 'naps below every limit of a call',
    answers: add('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 9_000);\nreturn 0;'),
    states: ['timeout'],
    rest: 0,
    anomaly: /^stopped {2}Stopped after [\d.]+ s by the clock and [\d.]+ s of CPU time: it waited/,
    works: ({ hung }) => hung,
  },
  {
    row: 11,
    name: 'memory bomb of buffers',
    answers: cell('const all: Buffer[] = [];\nfor (;;) all.push(Buffer.alloc(2 ** 26, 1));'),
    states: ['memory'],
    works: ({ residentBytes, graderCrashed }) => residentBytes > 600 * mebibytes || graderCrashed,
  },
  {
    row: 11,
    name: 'memory bomb of the heap in a call',
    answers: add('const all: number[][] = [];\nfor (;;) all.push(new Array(1e6).fill(0.5));'),
    states: ['memory'],
    works: ({ residentBytes, graderCrashed }) => residentBytes > 600 * mebibytes || graderCrashed,
  },
  {
    row: 11,
    name: 'fork bomb',
    answers: add(
      'return a + b + 1;',
      "for (let i = 0; i < 500; i++) require('node:child_process').spawn('/bin/sh', ['-c', 'while :; do :; done # 98761']).on('error', () => {});",
    ),
    states: ['failed', 'timeout', 'crashed'],
    rest: 0,
    works: ({ processes, lingering, graderCrashed }) => processes > 15 || lingering.length > 15 || graderCrashed,
  },
  {
    row: 11,
    name: 'filling the disk',
    answers: add(
      'return 0;',
      "for (const d of ['/tmp', '/dev/shm', '/lab/work']) try { for (let i = 0; i < 4096; i++) require('node:fs').writeFileSync(d + '/f' + i, Buffer.alloc(2 ** 20, 1)); } catch {}",
    ),
    states: ['failed', 'memory'],
    works: ({ diskBytes, graderCrashed }) => diskBytes > 80 * mebibytes || graderCrashed,
  },
  {
    row: 11,
    name: 'a flood of empty files',
    answers: add(
      'return 0;',
      "for (const d of ['/tmp', '/dev/shm', '/lab/work']) try { for (let i = 0; i < 20000; i++) require('node:fs').writeFileSync(d + '/i' + i, ''); } catch {}",
    ),
    states: ['failed', 'memory', 'timeout', 'crashed'],
    works: ({ files }) => files > 10_000,
  },
  {
    row: 12,
    name: 'connection to a listener on this machine',
    answers: add(
      'return 0;',
      "for (const where of [{ host: '127.0.0.1', port: 45871 }, { path: '\\0tinylab-exfiltration' }]) require('node:net').connect(where).on('error', () => {});\nrequire('node:child_process').spawnSync(process.execPath, ['-e', \"require('node:net').connect({ host: '127.0.0.1', port: 45871 }).on('error', () => {}).on('connect', () => process.exit())\"]);",
    ),
    states: ['failed'],
    works: ({ connections }) => connections > 0,
  },
  {
    row: 18,
    name: 'NaN in place of every number',
    answers: add('return NaN;'),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 18,
    name: 'nothing in place of every number',
    answers: add('return undefined;'),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 18,
    name: 'answers of the public cases in a table',
    answers: add(
      'return table.find(([x, y]) => x === a && y === b)?.[2] ?? 0;',
      'const table = [[3, 4, 7], [-7310976 - 1, 8190126 + 1, 879149 + 1]];',
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 19,
    name: 'values from the environment of the grader',
    answers: add(
      "const cases = (process.env.GRADER_CASES ?? '0').split(' ').map(Number);\nreturn cases[calls++ % cases.length];",
      'let calls = 0;',
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 19,
    name: 'a look around for the grader, its files and its environment',
    answers: add(
      'return 0;',
      "const { existsSync, readdirSync, readFileSync } = require('node:fs');\nconst seen = ['/lab/labs-grading/labs', '/lab/test', '/lab/tests.js', '/lab/notebooks', '/lab/.git', '/root', '/home', '/mnt', '/class', '/etc/passwd'].filter(p => existsSync(p));\nconst strange = Object.keys(process.env).filter(name => /GRADE|NBG|TOKEN|SEED/.test(name));\nconst strangers = readdirSync('/proc').filter((name: string) => /^\\d+$/.test(name)).length;\nif (seen.length > 0 || strange.length > 0 || strangers > 4 || readFileSync('/proc/1/environ').length > 0) throw new Error('open: ' + seen.join() + strange.join() + strangers);",
    ),
    states: ['failed'],
    works: ({ told }) => told.includes('open: '),
  },
  {
    row: 19,
    name: 'which machine this is, in an error',
    answers: add(
      'return 0;',
      "const { readdirSync, readFileSync } = require('node:fs');\nconst told = ['/proc/cmdline', '/proc/sys/kernel/random/boot_id', '/etc/machine-id'].map(p => { try { return readFileSync(p, 'utf8'); } catch { return ''; } }).join('');\nconst local = ['/usr/local', '/usr/local/bin', '/usr/src', '/usr/local/lib'].flatMap(p => { try { return readdirSync(p); } catch { return []; } });\nif (told + local.join() !== '') throw new Error('machine: ' + told + local);",
    ),
    states: ['failed'],
    works: ({ told }) => told.includes('machine: '),
  },
  {
    row: 20,
    name: 'right answer left for the next student',
    answers: cell(
      "for (const d of ['/tmp', '/dev/shm', '/lab/work', '/lab/deliverables', '/var/tmp']) try { require('node:fs').writeFileSync(d + '/tinylab-shared', 'return a + b;'); } catch {}\nconst add = 0;",
    ),
    states: ['failed'],
    works: ({ stray }) => stray.includes('/tmp/tinylab-shared'),
  },
  {
    row: 20,
    name: 'right answer taken from the student before',
    after: 'right answer left for the next student',
    answers: add(
      'return shared(a, b);',
      "const places = ['/tmp', '/dev/shm', '/lab/work', '/lab/deliverables', '/var/tmp'].map(d => d + '/tinylab-shared').filter(p => require('node:fs').existsSync(p));\nconst shared = places[0] ? new Function('a', 'b', require('node:fs').readFileSync(places[0], 'utf8')) : () => 0;",
    ),
    states: ['failed', 'compile error'],
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 21,
    name: 'files written outside',
    answers: add(
      'return 0;',
      "for (const place of ['/lab', '/tmp', '/usr', '/etc', '/root', '/home', '/proc/1/root/tmp', '/proc/1/cwd', '/lab/work/../../tmp', '/mnt']) try { require('node:fs').writeFileSync(place + '/tinylab-pwned', ''); } catch {}\nrequire('node:child_process').spawnSync('/bin/sh', ['-c', 'mount -o remount,rw,bind /usr; unshare -Ur mount -o remount,rw,bind /usr; touch /usr/tinylab-pwned; nsenter -t 1 -m touch /tinylab-pwned']);",
    ),
    states: ['failed'],
    works: ({ stray }) => stray.length > 0,
  },
  {
    row: 22,
    name: 'killed parent',
    answers: add('return 0;', "try { process.kill(process.ppid, 'SIGKILL'); } catch {}"),
    states: ['failed', 'crashed'],
    rest: 0,
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 22,
    name: 'kill of its own process',
    answers: add("process.kill(process.pid, 'SIGKILL');\nreturn 0;"),
    states: ['crashed'],
    works: ({ signal }) => signal === 'SIGKILL',
  },
  {
    row: 22,
    name: 'late errors that nobody awaits',
    answers: add(
      'return 0;',
      "Promise.reject(new Error('late'));\nsetTimeout(() => { throw new Error('late'); }, 1);\nqueueMicrotask(() => { throw new Error('late'); });",
    ),
    states: ['failed'],
    works: ({ verdicts }) => verdicts.stdout === undefined,
  },
];
