import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labFiles } from '../../../labs-grading/release/lab-files.ts';
import { solutionNotebook, studentNotebook } from '../../../labs-grading/release/student.ts';
import { bare, declared, delivered, freeNames } from '../../../scripts/notebook/source.mjs';
import { findings } from '../../../scripts/submit/findings.mjs';
import { workAt } from '../../../scripts/submit/work.mjs';
import { zip } from '../../../scripts/submit/zip.mjs';

const program = join(import.meta.dirname, '../../../scripts/tinylab.mjs');
const lab = labFiles('00-basics');

interface Mark {
  readonly id?: string;
  readonly answer?: string;
  readonly given?: string;
  readonly checksum?: string;
}

function cell(source: string, { id = 'start_1', answer, given, checksum }: Mark = {}): object {
  const gradeId = answer ?? given;
  const flags = { grade: false, solution: answer !== undefined, locked: given !== undefined, schema_version: 3 };
  const mark = gradeId === undefined ? {} : { nbgrader: { ...flags, grade_id: gradeId, ...(checksum && { checksum }) } };
  return { cell_type: 'code', id, metadata: mark, source, outputs: [], execution_count: null };
}

const notebook = (...cells: object[]): string =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { tinylab: { lab: 'lab', version: 'v1' } }, cells });

/** A folder with a notebook, and deliverables beside it. */
function work(text: string, deliverables: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-submit-'));
  const path = join(folder, 'lab.ipynb');
  writeFileSync(path, text);
  if (Object.keys(deliverables).length > 0) mkdirSync(join(folder, 'deliverables'));
  for (const [name, content] of Object.entries(deliverables)) writeFileSync(join(folder, 'deliverables', name), content);
  return path;
}

const found = (path: string): string[] =>
  findings(workAt(path)).map(({ kind, about, text }: Record<string, string>) => `${kind} ${about}: ${text}`);

describe('what is missing', () => {
  it('is nothing in a solved lab but what its cells would deliver, and every answer in an untouched one', () => {
    const solved = found(work(solutionNotebook(lab), { 'latencies.json': '{}', 'trained.json': '{}', 'trained.safetensors': '' }));
    expect(solved).toEqual([]);
    const guessed = work(solutionNotebook(lab), { 'latencies.json': '{}', 'trained.json': '{}', 'trained.safetensors': '' });
    mkdirSync(join(guessed, '../predictions'));
    writeFileSync(join(guessed, '../predictions/heaviest-layer.json'), '{}');
    expect(found(guessed)).toEqual([]);
    const untouched = found(work(studentNotebook(lab)));
    const answers = workAt(work(studentNotebook(lab))).cells.filter(({ solution }: { solution: boolean }) => solution);
    expect(untouched.filter(line => line.endsWith('not answered yet'))).toHaveLength(answers.length);
    expect(untouched.filter(line => line.includes('has saved nothing'))).toHaveLength(2);
    expect(untouched).toHaveLength(answers.length + 2);
  });

  it('tells of a helper in a cell of the student’s own', () => {
    const path = work(
      notebook(
        cell('const given = 1;', { id: 'start_1' }),
        cell('const twice = (x: number) => 2 * x;\nfunction unused() {}', { id: 'a1b2c3d4' }),
        cell('function f(x: number) { return twice(x) + given; }', { id: 'f', answer: 'f' }),
        cell("// twice\nconst o = { twice: 1 }; o.twice; 'twice'", { id: 'g', answer: 'g' }),
      ),
    );
    expect(found(path)).toEqual(['note f (cell 3): it uses twice from cell 2, of your own beside the answers; that runs before it']);
  });

  it('is nothing when the helper is declared again where it is graded', () => {
    const path = work(notebook(cell('const h = 1;', { id: 'mine' }), cell('const h = 2;\nconst f = () => h;', { id: 'f', answer: 'f' })));
    expect(found(path)).toEqual([]);
  });

  it('is a deliverable that is absent, old, or no deliverable', () => {
    const path = work(
      notebook(cell("await deliver('net', async () => 1);\nawait deliver(`old`, () => 2);\n// deliver('not')", { id: 'd', answer: 'd' })),
      {
        'old.json': '{}',
        'run.sh': '',
      },
    );
    utimesSync(join(path, '../deliverables/old.json'), 1e9, 1e9);
    utimesSync(path, 1e9 + 3600, 1e9 + 3600);
    expect(found(path)).toEqual([
      "warning d (cell 1): deliver('net') has saved nothing: run this cell, and wait until it is done",
      'note d (cell 1): deliverables/old.json is 60 minutes older than the notebook: run this cell again if you changed what leads to it',
      'note deliverables/run.sh: left out: not a file that deliver() writes',
    ]);
  });

  it('is a given cell that was changed', () => {
    const json = JSON.parse(studentNotebook(lab));
    const given = json.cells.find((one: { metadata: { nbgrader?: { locked: boolean } } }) => one.metadata.nbgrader?.locked);
    given.source = [...given.source, '\n// mine'];
    expect(found(work(JSON.stringify(json))).filter(line => line.includes('a given cell was edited'))).toHaveLength(1);
  });

  it('is room: a notebook that the grader would refuse', () => {
    const path = work(notebook({ ...cell('1'), outputs: [{ text: 'x'.repeat(65 * 2 ** 20) }] }));
    expect(found(path).at(-1)).toMatch(/^warning notebook: 65\.0 MB; at most 64\.0 MB are taken/);
  });
});

describe('reading of source', () => {
  it('sees what cells declare', () => {
    const names = declared(
      "import a, { b, c as d } from 'x';\nimport * as e from 'y';\nexport const f = 1;\nconst { g, h: i } = o;\nasync function j() {}\n  const inner = 1;\n// const k = 1",
    );
    expect([...names].sort()).toEqual(['a', 'b', 'd', 'e', 'f', 'g', 'i', 'j']);
  });

  const uses = (source: string, name: string): boolean => freeNames(source).has(name);

  it('sees uses in templates, and none in strings, comments or properties', () => {
    expect(uses(['`$', '{n + 1}`'].join(''), 'n')).toBe(true);
    expect(uses('\'n\' + "n" /* n */ // n', 'n')).toBe(false);
    expect(uses('o.n', 'n')).toBe(false);
    expect(bare("'a//b' + c // d")).toContain('c');
    expect(delivered("await deliver<Net>('x', f); deliver('y', g); undeliver('z')")).toEqual(['x', 'y']);
  });
});

describe('the archive', () => {
  it('is the same for the same files, and other zip programs read it', () => {
    const files = new Map([
      ['b.txt', Buffer.from('two')],
      ['a/é.bin', Buffer.from(Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255))],
      ['empty', Buffer.alloc(0)],
    ]);
    const bytes = zip(files);
    expect(zip(new Map([...files].reverse()))).toEqual(bytes);
    const path = join(mkdtempSync(join(tmpdir(), 'tinylab-zip-')), 'x.zip');
    writeFileSync(path, bytes);
    const script = 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), z.namelist(), z.read("a/é.bin").hex())';
    const [, content] = [...files.values()];
    expect(execFileSync('python3', ['-c', script, path]).toString().trim()).toBe(
      `None ['a/é.bin', 'b.txt', 'empty'] ${content?.toString('hex')}`,
    );
  });
});

describe('tinylab submit', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [program, 'submit', ...args], { encoding: 'utf8' });

  it('packs, and says by its exit code whether something is missing', () => {
    const path = work(notebook(cell('const f = 1;', { id: 'f', answer: 'f' })), { 'm.json': '{}' });
    const out = join(path, '../out.zip');
    const { status, stdout } = run(path, '--out', out, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ lab: 'lab', out, files: ['lab.ipynb', 'deliverables/m.json', 'manifest.json'], findings: [] });
    const first = readFileSync(out);
    expect(run(path, '--out', out).status).toBe(0);
    expect(readFileSync(out)).toEqual(first);
    writeFileSync(path, notebook(cell("throw new Error('Not answered yet.');", { id: 'f', answer: 'f' })));
    const missing = run(path, '--out', out);
    expect([missing.status, missing.stdout]).toEqual([1, expect.stringContaining('! f (cell 1): not answered yet')]);
  });

  it('writes nothing when there is nothing to pack', () => {
    const path = work('{ not JSON');
    const out = join(path, '../out.zip');
    expect(run(path, '--out', out)).toMatchObject({ status: 2, stderr: expect.stringContaining('not JSON') });
    expect(run('no-such-lab')).toMatchObject({ status: 2, stderr: expect.stringContaining('00-basics') });
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(join(path, '..'))).toEqual(['lab.ipynb']);
  });

  it('says so when it cannot write, and leaves nothing behind', () => {
    const path = work(notebook(cell('const f = 1;', { id: 'f', answer: 'f' })));
    const taken = join(path, '../taken');
    mkdirSync(taken);
    expect(run(path, '--out', taken)).toMatchObject({ status: 2, stderr: expect.stringContaining(`${taken} cannot be written`) });
    expect(readdirSync(join(path, '..'))).toEqual(['lab.ipynb', 'taken']);
  });
});
