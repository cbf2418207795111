import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { projectFolder } from '../../labs-grading/base/project.ts';
import { gradescopeBundle } from '../../labs-grading/report/export/gradescope/bundle.ts';

const root = mkdtempSync(join(tmpdir(), 'tinylab-export-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Names in an archive, with whether they can be run; and the text of those at its root. */
async function listed(bytes: Buffer): Promise<Map<string, { program: boolean; text: string }>> {
  const entries = new Map<string, { program: boolean; text: string }>();
  await new Promise<void>((resolve, reject) =>
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', entry => {
        const program = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed);
          const parts: Buffer[] = [];
          stream
            .on('data', part => parts.push(part))
            .on('end', () => {
              entries.set(entry.fileName, { program, text: Buffer.concat(parts).toString('latin1') });
              zip.readEntry();
            });
        });
      });
      zip.on('end', resolve);
      zip.readEntry();
    }),
  );
  return entries;
}

describe('the archive for Gradescope', () => {
  it('has its two programs at the root and the project below, the same bytes each time', async () => {
    const bytes = await gradescopeBundle('00-basics');
    const entries = await listed(bytes);
    expect(['setup.sh', 'run_autograder'].map(name => entries.get(name)?.program)).toEqual([true, true]);
    for (const name of ['setup.sh', 'run_autograder']) expect(spawnSync('bash', ['-n'], { input: entries.get(name)?.text }).status).toBe(0);
    const names = [...entries.keys()].filter(name => name.startsWith('tinylab/'));
    for (const path of [
      'package.json',
      'package-lock.json',
      'labs-grading/cli.ts',
      'labs-grading/labs/00-basics/hidden.ts',
      'notebooks/00-basics/00-basics.ipynb',
      'lib/index.ts',
      'scripts/setup.mjs',
    ])
      expect(names).toContain(`tinylab/${path}`);
    expect(names.filter(name => /node_modules|\/dist\/|01-pruning/.test(name))).toEqual([]);
    expect(bytes.length).toBeLessThan(50e6);
    const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
    expect(hash(await gradescopeBundle('00-basics'))).toBe(hash(bytes));
  });

  it('grades a submission in the sandbox and writes results.json, no score and the reason where there is no notebook, no results where grading failed', async () => {
    const entries = await listed(await gradescopeBundle('00-basics'));
    const autograder = (name: string): string => {
      const folder = join(root, name);
      for (const part of ['source', 'submission', 'results']) mkdirSync(join(folder, part), { recursive: true });
      symlinkSync(projectFolder, join(folder, 'source/tinylab'));
      writeFileSync(join(folder, 'run_autograder'), entries.get('run_autograder')?.text ?? '');
      return folder;
    };
    const run = (folder: string) =>
      spawnSync('/bin/bash', ['run_autograder'], {
        cwd: folder,
        env: { ...process.env, TINYLAB_AUTOGRADER: folder },
        encoding: 'utf8',
      });
    const [good, empty] = [autograder('good'), autograder('empty')];
    copyFileSync(join(projectFolder, 'notebooks/00-basics/00-basics.ipynb'), join(good, 'submission/my work.ipynb'));
    const { status, stdout, stderr } = run(good);
    expect(status, `${stdout}${stderr}`).toBe(0);
    const results = JSON.parse(readFileSync(join(good, 'results/results.json'), 'utf8'));
    expect(results.score).toBe(0);
    expect(results.tests.reduce((sum: number, test: { max_score: number }) => sum + test.max_score, 0)).toBe(100);
    expect(results.extra_data.lab).toBe('00-basics');
    writeFileSync(join(empty, 'submission/readme.txt'), 'nothing');
    expect(run(empty).status).toBe(0);
    expect(JSON.parse(readFileSync(join(empty, 'results/results.json'), 'utf8'))).toMatchObject({
      output: expect.stringContaining('no notebook was handed in'),
    });
    expect(readFileSync(join(empty, 'results/results.json'), 'utf8')).not.toMatch(/"(score|status)"/);
    rmSync(join(empty, 'results'), { recursive: true });
    const failed = spawnSync(process.execPath, [join(projectFolder, 'labs-grading/gradescope.ts'), 'no-such-lab', empty]);
    expect([failed.status, String(failed.stdout)]).toEqual([1, 'Not graded: grade ended with 2.\n']);
    expect(existsSync(join(empty, 'results'))).toBe(false);
  });
});
