import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { problemLine } from '../../labs-grading/base/problem.ts';
import { projectFolder } from '../../labs-grading/base/project.ts';
import { checkFile, fileCheckLines } from '../../labs-grading/release/check-file.ts';
import { type GateOptions, gate } from '../../labs-grading/release/gate.ts';
import { labFiles } from '../../labs-grading/release/lab-files.ts';
import { releaseLab, writeNotebook } from '../../labs-grading/release/release.ts';
import { newLab } from '../../labs-grading/release/scaffold.ts';
import { solutionNotebook } from '../../labs-grading/release/student.ts';

const tiny = join(import.meta.dirname, 'fixtures/tiny-lab');
mkdirSync(join(projectFolder, '.tinylab/scratch'), { recursive: true });
const scratch = mkdtempSync(join(projectFolder, '.tinylab/scratch/gate-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

type Edit = readonly [file: string, from: string, to: string];

/** A copy of the tiny lab with some texts replaced and its notebook written anew. */
function broken(name: string, edits: readonly Edit[]): string {
  const folder = join(scratch, name, 'tiny-lab');
  cpSync(tiny, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [file, from, to] of edits) {
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(folder, file), text.replace(from, to));
  }
  const mutants = join(folder, 'mutants.ts');
  const type = relative(folder, join(import.meta.dirname, '../../labs-grading/lab/mutant.ts'));
  writeFileSync(mutants, readFileSync(mutants, 'utf8').replace('../../../../labs-grading/lab/mutant.ts', type));
  writeNotebook(folder);
  return folder;
}

const lines = async (folder: string, options?: GateOptions): Promise<string[]> =>
  (await gate(folder, options)).problems.map(problemLine).map(line => line.replace(/^\S*tiny-lab\//, ''));

describe('the release gate', () => {
  it('lets the tiny lab out', async () => {
    const steps: string[] = [];
    const report = await gate(tiny, { onStep: step => void steps.push(step) });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      lab: 'tiny-lab',
      ok: true,
      points: 10,
      solution: { score: 10, inNotebook: 10, questions: { double: 4, flops: 2, doubled: 4 } },
      stub: { score: 0, questions: { double: 0, flops: 0, doubled: 0 } },
    });
    expect(report.mutants.map(({ caught, hint }) => [caught, hint])).toEqual([
      [true, 'You returned the input itself.'],
      [true, 'You doubled twice.'],
      [true, 'A MAC is a multiplication and an addition.'],
      [true, 'You handed in the input itself.'],
    ]);
    expect(report.restartAndRunAllMs).toBeGreaterThan(0);
    expect(steps).toContain('restart and run all: double');
  });

  it('refuses a lab that refuses a right answer in another style, and names it; those that are taken are counted', async () => {
    const answer = (body: string): string => `function double(x: NDArray): NDArray { ${body} }`;
    const styles = [
      { question: 'double', name: 'a sum', answer: answer('return array(x.shape, x.data.map(v => v + v));') },
      { question: 'double', name: 'a list', answer: answer('return array(x.shape, Array.from(x.data, v => v / 0.5));') },
      { question: 'flops', name: 'a template', answer: 'const flops = `b`;' },
    ];
    const folder = broken('styles', []);
    writeFileSync(join(folder, 'styles.ts'), `export default ${JSON.stringify(styles)};`);
    expect(await gate(folder)).toMatchObject({ ok: true, styles: { total: 3, refused: [] } });
    const wrong = { question: 'double', name: 'trebles', answer: answer('return array(x.shape, x.data.map(v => 3 * v));') };
    writeFileSync(join(folder, 'styles.ts'), `export default ${JSON.stringify([...styles, wrong])}; // changed`);
    // a module is read once in a process
    const again = join(scratch, 'styles-again', 'tiny-lab');
    cpSync(folder, again, { recursive: true });
    writeNotebook(again);
    expect(await lines(again)).toEqual([
      expect.stringMatching(
        /\(cell double\): trebles: a right answer is refused: it gets 0 of 4 \(failed\): double\(.*expected .*, got .* \[style\]$/,
      ),
    ]);
  });

  it('refuses a wrong solution, a stub with points and mutants that slip through', async () => {
    const folder = broken('runs', [
      ['lab.ts', '2 * value', '4 * value'],
      ['lab.ts', "from 'tinylab';", "from 'tinylab';\nlet flops = 'b';"],
      ['lab.ts', "const flops = 'b';", "flops = 'b';"],
      ['mutants.ts', "const flops = 'a';", "flops = 'b';"],
      ['mutants.ts', "hint: 'You handed in", "hint: 'Never said: you handed in"],
      ['checks.ts', 'q.equal(await q.deliverable', "await q.part('one', { points: 1 }, () => {});\n    q.equal(await q.deliverable"],
    ]);
    const found = await lines(folder, { limitMs: 1 });
    expect(found).toContainEqual(
      expect.stringMatching(/^lab\.ts:\d+ \(cell \S+\): takes \d+ s, limit 0\.001 s; this cell \d+ s \[run all\]$/),
    );
    expect(found).toContainEqual(
      expect.stringMatching(/^lab\.ts:\d+ \(cell doubled\): its parts have 1 points together, the question 4 \[points\]$/),
    );
    expect(found).toContainEqual(
      expect.stringMatching(/^lab\.ts:\d+ \(cell double\): the solution in the sandbox gets 0 of 4 \(failed\): .* \[solution\]$/),
    );
    expect(found).toContainEqual(expect.stringMatching(/\(cell flops\): forgets the addition: it gets full marks \[mutant\]$/));
    expect(found).toContainEqual(
      expect.stringMatching(
        /\(cell doubled\): hands in the input: it fails \(failed\) without the hint .* told: You handed in the input itself\. \[mutant\]$/,
      ),
    );
    expect(found).toContainEqual(expect.stringMatching(/\(cell flops\): the untouched notebook gets 2 points \[stub\]$/));
  });

  it('refuses a question that falls with the answer to another one without a word', async () => {
    const leaning: Edit = ['lab.ts', "const flops = 'b';", "const flops = double(array([1], [1])).data[0] === 2 ? 'b' : 'c';"];
    expect(await lines(broken('leaning', [leaning]))).toEqual([
      expect.stringMatching(
        /^lab\.ts:\d+ \(cell flops\): falls to 0 points when the answer to double is empty .* staff has a version \[alone\]$/,
      ),
    ]);
    const needs: Edit = ['checks.ts', "uses: ['flops'] }", "uses: ['flops'], needs: ['double'] }"];
    const version: Edit = ['checks.ts', '\n]);', '\n], { staff: { double: (x: NDArray) => times(x, 2) } });'];
    expect(await lines(broken('needing', [leaning, needs, version]))).toEqual([]);
  });

  it('says which tool is missing here, and runs nothing', async () => {
    const steps: string[] = [];
    const needing = broken('tools', [['checks.ts', "uses: ['flops'] }", "uses: ['flops'], tools: ['tinylab-made-up-tool'] }"]]);
    expect(await lines(needing, { onStep: step => void steps.push(step) })).toEqual([
      expect.stringMatching(
        /^checks\.ts \(cell flops\): needs tinylab-made-up-tool, which is missing here: .* not on the PATH.* \[tool missing\]$/,
      ),
    ]);
    expect(steps).toEqual([]);
  });

  it('runs nothing while the text itself is wrong', async () => {
    const folder = broken('text', [
      ['lab.ts', '"points": 2', '"points": 3'],
      ['checks.ts', 'export default', '// return double(array([3], [1, 2, 3]));\n// /home/ada/labs\nexport default'],
    ]);
    writeFileSync(join(folder, 'tiny-lab.ipynb'), '{}');
    writeFileSync(join(folder, 'notes.md'), '    return double(array([3], [1, 2, 3]));\n');
    const found = await lines(folder);
    expect(found).toEqual([
      'lab.ts:47 (cell flops-check): the cell has 3 points, the question in checks.ts 2 [points]',
      'checks.ts:10: a path of one machine: /home/ada/labs [absolute path]',
      'notes.md:1: a line of the solution of doubled ships to students: return double(array([3], [1, 2, 3])); [leak]',
      `tiny-lab.ipynb: not the notebook that lab.ts gives; write it with: npx tinylab release ${relative(projectFolder, folder)} [fresh]`,
    ]);
  });
});

describe('a new lab', () => {
  it('passes its gate at once, is released to a folder, and is not asked again', async () => {
    const folder = newLab('09-new', scratch);
    const out = join(scratch, 'released');
    const report = await releaseLab(folder, { out });
    expect(report.problems).toEqual([]);
    expect(existsSync(join(out, 'notebooks/09-new/09-new.ipynb'))).toBe(true);
    expect(existsSync(`${out}.part`)).toBe(false);
    const steps: string[] = [];
    await releaseLab(folder, { zip: join(scratch, 'released.zip') }, { onStep: step => void steps.push(step) });
    expect(steps).toEqual(['this very content passed the gate before']);
    expect(existsSync(join(scratch, 'released.zip'))).toBe(true);
  });

  it('is refused as soon as something ships that must not, and leaves nothing', async () => {
    const folder = newLab('10-leaky', scratch);
    writeFileSync(join(folder, 'notes.md'), 'Weights are noisy, so that rounding them changes the sums by less than the noise does.\n');
    writeNotebook(folder);
    const out = join(scratch, 'leaky');
    const report = await releaseLab(folder, { out });
    expect(report.problems.map(problemLine)).toEqual([
      expect.stringMatching(/notes\.md:1: a line of the solution of why ships to students: Weights are noisy/),
    ]);
    expect([existsSync(out), existsSync(`${out}.part`)]).toEqual([false, false]);
  });
});

describe('tinylab check', () => {
  it('scores a notebook on the public cases and shows the first thing that is wrong', async () => {
    const folder = broken('check', []);
    const file = join(folder, 'tiny-lab.ipynb');
    const half = solutionNotebook(labFiles(folder)).replace("const flops = 'b';", "const flops = 'c';");
    writeFileSync(file, half);
    const report = await checkFile(file);
    expect(report).toMatchObject({ lab: 'tiny-lab', score: 4, points: 10, ran: 'sandbox' });
    const text = fileCheckLines(report).join('\n');
    expect(text).toContain('✓ Double     4 / 4  passed');
    expect(text).toContain('hint     Count again: one multiplication, one addition.');
    expect(text).toContain('Nothing was handed in as doubled.');
    expect(existsSync(join(folder, 'deliverables'))).toBe(false);
  });

  it('says the same of a notebook that runs in an ordinary kernel', async () => {
    const folder = broken('kernel', []);
    const file = join(folder, 'tiny-lab.ipynb');
    writeFileSync(file, solutionNotebook(labFiles(folder)).replace('2 * value', 'value'));
    const report = await checkFile(file, { kernel: true });
    expect(report).toMatchObject({ lab: 'tiny-lab', score: 2, points: 10, ran: 'kernel' });
    expect(report.questions.map(({ state }) => state)).toEqual(['failed', 'passed', 'failed']);
    expect(report.questions[2]?.items[0]?.hint).toBe('You handed in the input itself.');
  });

  it('refuses what is no lab, with the file', async () => {
    await expect(checkFile('/nowhere/a.ipynb')).rejects.toThrow('/nowhere/a.ipynb: there is no such file [check]');
    await expect(checkFile(join(import.meta.dirname, 'release-gate.test.ts'))).rejects.toThrow('no lab is called');
  });
});
