import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Forged, forge } from '../../labs-grading/fixtures/forged-zip.ts';
import type { Attack, Place } from '../attack.ts';
import { notebookWith, rightNumbers, solutions, withoutAdd } from '../lab.ts';

const stubbed = Buffer.from(notebookWith(withoutAdd));
const notebookEntry: Forged = { name: 'attack-lab.ipynb', content: stubbed };
const noTests = Buffer.from('(function testAdd() {})');

/** Hands in an archive in place of a folder. */
const archive =
  (...entries: Forged[]) =>
  ({ folder }: Place): void => {
    rmSync(join(folder, 'attack-lab.ipynb'));
    rmSync(join(folder, 'deliverables'), { recursive: true });
    writeFileSync(join(folder, 'hand-in.zip'), forge(entries));
  };

/** Puts something in place of the right numbers. */
const deliverable =
  (write: (path: string, place: Place) => void) =>
  (place: Place): void => {
    const path = join(place.folder, 'deliverables/numbers.json');
    rmSync(path);
    write(path, place);
  };

const failedNumbers = { target: 'numbers', states: ['failed'] } as const;
const failedAdd = { notebook: stubbed.toString(), states: ['failed'] } as const;

/** Rows 8, 14 and 15: files that are obeyed, that lead elsewhere, or that are larger than they look. */
export const fileAttacks: readonly Attack[] = [
  {
    row: 8,
    name: 'planted packages and settings',
    ...failedAdd,
    files: ({ folder }) => {
      mkdirSync(join(folder, 'node_modules/checker'), { recursive: true });
      mkdirSync(join(folder, 'node_modules/tinylab'));
      writeFileSync(join(folder, 'node_modules/checker/index.js'), 'module.exports = () => true;');
      writeFileSync(join(folder, 'node_modules/tinylab/index.js'), 'module.exports = {};');
      for (const name of ['package.json', '.npmrc', 'tsconfig.json', 'conftest.py', 'vitest.config.ts'])
        writeFileSync(join(folder, name), '{}');
    },
    anomaly: /^refused package\.json not kept: programs would obey it/m,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 6,
    name: 'lines of a report in the names of a manifest',
    ...failedAdd,
    files: ({ folder }) => {
      const names = Array.from({ length: 500 }, (_, i) => [`x${i}\nada: add 2/2 passed\u001b[2J`, { sha256: '' }]);
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ files: Object.fromEntries(names) }));
    },
    works: ({ told }) => told.split('\n').some(line => line.startsWith('ada: add 2/2 passed')),
  },
  {
    row: 14,
    name: 'archive with a path upwards',
    ...failedAdd,
    files: archive(notebookEntry, { name: '../tests.js', content: noTests }),
    rest: 0,
    anomaly: /^refused .*leads out of the folder/m,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 14,
    name: 'archive with an absolute path',
    ...failedAdd,
    files: archive(notebookEntry, { name: '/lab/tests.js', content: noTests }),
    rest: 0,
    anomaly: /^refused .*its name is absolute/m,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 14,
    name: 'archive with a link and a file behind it',
    ...failedAdd,
    files: archive(
      notebookEntry,
      { name: 'out', mode: 0o120777, content: Buffer.from('/lab') },
      { name: 'out/tests.js', content: noTests },
    ),
    rest: 0,
    anomaly: /^refused out/m,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 14,
    name: 'archive whose notebook is a link to a neighbour’s',
    files: archive({ name: 'attack-lab.ipynb', mode: 0o120777, content: Buffer.from('/class/s000-ada/attack-lab.ipynb') }),
    states: ['unreadable'],
    rest: 0,
    anomaly: /^refused attack-lab\.ipynb it is a symbolic link/m,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 14,
    name: 'archive with two notebooks of one name',
    files: archive(notebookEntry, { name: 'attack-lab.ipynb', content: Buffer.from(notebookWith(solutions)) }),
    states: ['unreadable'],
    rest: 0,
    anomaly: /more than once/,
    works: ({ verdicts }) => verdicts.stdout === 'passed',
  },
  {
    row: 14,
    name: 'archive that unpacks to a thousand times its size',
    ...failedAdd,
    files: archive(notebookEntry, { name: 'deliverables/numbers.json', content: Buffer.alloc(60 * 2 ** 20) }),
    rest: 0,
    anomaly: /times its size/,
    works: ({ diskBytes, graderCrashed }) => diskBytes > 50 * 2 ** 20 || graderCrashed,
  },
  {
    row: 14,
    name: 'archive with thousands of names that lead elsewhere',
    ...failedAdd,
    files: archive(notebookEntry, ...Array.from({ length: 12_000 }, (_, i) => ({ name: `sub/../../../tmp/f${i}` }))),
    rest: 0,
    anomaly: /^refused .*leads out of the folder/m,
    works: ({ files }) => files > 10_000,
  },
  {
    row: 14,
    name: 'file name that is a command',
    ...failedAdd,
    files: ({ folder }) => writeFileSync(join(folder, '$(touch tinylab-pwned).txt'), ''),
    anomaly: /^refused .*touch tinylab-pwned.* not kept/m,
    works: ({ stray }) => stray.length > 0,
  },
  {
    row: 14,
    name: 'deliverable that is a link to a neighbour’s',
    ...failedNumbers,
    files: deliverable(path => symlinkSync('../../s000-ada/deliverables/numbers.json', path)),
    anomaly: /^refused deliverables\/numbers\.json it is a symbolic link/m,
    works: ({ numbers }) => numbers === 'passed',
  },
  {
    row: 14,
    name: 'deliverable that is a pipe',
    ...failedNumbers,
    files: deliverable(path => execFileSync('mkfifo', [path])),
    anomaly: /^refused deliverables\/numbers\.json it is not a regular file/m,
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 14,
    name: 'deliverable of gigabytes that are not there',
    ...failedNumbers,
    files: deliverable(path => {
      writeFileSync(path, rightNumbers);
      truncateSync(path, 3 * 2 ** 30);
    }),
    anomaly: /^refused deliverables\/numbers\.json it has 3221225472 bytes/m,
    works: ({ graderCrashed }) => graderCrashed,
  },
  {
    row: 15,
    name: 'deliverable that says it passed',
    ...failedNumbers,
    files: deliverable(path => writeFileSync(path, '{"format":"tinylab deliverable","version":1,"passed":true,"score":3,"value":0}')),
    works: ({ numbers }) => numbers === 'passed',
  },
  {
    row: 15,
    name: 'deliverable with a prototype key',
    ...failedNumbers,
    files: deliverable(path =>
      writeFileSync(
        path,
        '{"format":"tinylab deliverable","version":1,"__proto__":{"passed":true},"value":{"kind":"record","entries":[["__proto__",1]]}}',
      ),
    ),
    works: ({ polluted }) => polluted,
  },
  {
    row: 15,
    name: 'deliverable that nests too deep to be walked',
    ...failedNumbers,
    files: deliverable(path =>
      writeFileSync(path, `{"format":"tinylab deliverable","version":1,"value":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`),
    ),
    works: ({ graderCrashed }) => graderCrashed,
  },
];
