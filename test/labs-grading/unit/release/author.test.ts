import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { studentBundle } from '../../../../labs-grading/release/bundle/bundle.ts';
import { writeFolder, writeZip } from '../../../../labs-grading/release/bundle/write.ts';
import { diffLabs, diffLines } from '../../../../labs-grading/release/diff/diff.ts';
import { labView } from '../../../../labs-grading/release/diff/versions.ts';
import { restoreHeader } from '../../../../labs-grading/release/edit.ts';
import { labFiles } from '../../../../labs-grading/release/lab-files.ts';
import { parsePercent } from '../../../../labs-grading/release/percent.ts';
import { newLab } from '../../../../labs-grading/release/scaffold.ts';
import { labVersion } from '../../../../labs-grading/release/version.ts';
import { type WatchEvent, watchLab } from '../../../../labs-grading/release/watch.ts';
import { root } from '../../../house/modules.ts';

mkdirSync(join(root, '.tinylab/scratch'), { recursive: true });
const scratch = mkdtempSync(join(root, '.tinylab/scratch/author-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const edit = (folder: string, file: string, ...[from, to]: [string, string]): void => {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replaceAll(from, to));
};

describe('new-lab', () => {
  it('writes the parts of a lab and its notebook', () => {
    const folder = newLab('07-fresh', scratch);
    expect(folder).toBe(join(scratch, '07-fresh'));
    for (const name of ['lab.ts', 'checks.ts', 'hidden.ts', 'mutants.ts', 'rubric.json', '07-fresh.ipynb'])
      expect(existsSync(join(folder, name)), name).toBe(true);
    expect(readFileSync(join(folder, 'checks.ts'), 'utf8')).toContain("lab('07-fresh', [");
    expect(readFileSync(join(folder, 'lab.ts'), 'utf8')).not.toContain('new-lab');
  });

  it.each([
    ['a name with other characters', '../evil', 'a lab is called like 02-quantization'],
    ['a lab that exists', '07-fresh', 'it exists; name another lab'],
  ])('refuses %s', (_, name, message) => {
    expect(() => newLab(name, scratch)).toThrow(message);
  });
});

describe('watch', () => {
  it('writes the notebook at once and after each save, and survives mistakes', async () => {
    const folder = newLab('08-watched', scratch);
    const events: WatchEvent[] = [];
    const heard = async (count: number): Promise<WatchEvent | undefined> => {
      for (let i = 0; i < 300 && events.length < count; i += 1) await sleep(20);
      return events[count - 1];
    };
    const watching = watchLab(folder, event => void events.push(event), { quietMs: 20 });
    const notebook = (): string => readFileSync(join(folder, '08-watched.ipynb'), 'utf8');
    try {
      expect(await heard(1)).toEqual({ kind: 'up to date' });
      edit(folder, 'lab.ts', 'What this lab is about', 'Nothing at all');
      expect(await heard(2)).toEqual({ kind: 'written' });
      expect(notebook()).toContain('Nothing at all');
      edit(folder, 'lab.ts', '// ### END SOLUTION', '// (end)');
      expect(await heard(3)).toMatchObject({
        kind: 'refused',
        error: { message: expect.stringMatching(/lab\.ts:\d+ \(cell half\): a solution begins and never ends/) },
      });
      edit(folder, 'lab.ts', '// (end)', '// ### END SOLUTION');
      expect(await heard(4)).toEqual({ kind: 'up to date' });
      const version = labVersion(folder);
      edit(folder, 'checks.ts', 'You multiplied by two.', 'You doubled.');
      expect(await heard(5)).toEqual({ kind: 'written' });
      expect(notebook()).not.toContain(version);
    } finally {
      watching.close();
    }
  });
});

describe('edit', () => {
  it('changes what was edited: jupytext writes the pair back, and what it adds to the header goes', () => {
    const [source, notebook] = [join(scratch, 'lab.ts'), join(scratch, 'lab.ipynb')];
    const jupytext = (...args: string[]) => execFileSync(join(root, '.tinylab/python/bin/jupytext'), ['--quiet', ...args]);
    const text = readFileSync(join(root, 'notebooks/00-basics/lab.ts'), 'utf8');
    writeFileSync(source, text);
    jupytext('--set-formats', 'ipynb,ts:percent', source);
    edit(scratch, 'lab.ipynb', 'A warm-up, to go', 'A second warm-up, to go');
    jupytext('--sync', notebook);
    const saved = readFileSync(source, 'utf8');
    expect(saved).toContain('formats: ipynb,ts:percent');
    expect(parsePercent(saved, 'lab.ts')).toHaveLength(parsePercent(text, 'lab.ts').length);
    restoreHeader(source);
    expect(readFileSync(source, 'utf8')).toBe(text.replace('A warm-up, to go', 'A second warm-up, to go'));
    restoreHeader(source);
    expect(readFileSync(source, 'utf8')).not.toContain('jupytext_version');
  }, 180_000);
});

describe('diff', () => {
  const folder = newLab('05-diffed', join(scratch, 'now'));
  const [before, zip] = [join(scratch, 'before'), join(scratch, 'before.zip')];
  const told = async (from: string): Promise<string[]> => {
    const diff = diffLabs('05-diffed', await labView(folder, from), await labView(folder, 'now'));
    return diffLines(diff).slice(1);
  };

  it('says what changed for a student since a released folder or zip, and gives the step for migrations.json', async () => {
    const bundle = studentBundle(labFiles(folder)).filter(({ path }) => path.startsWith('notebooks/'));
    writeFolder(bundle, before);
    await writeZip(bundle, zip, '05-diffed');
    expect(await told(before)).toEqual([]);
    const from = labVersion(folder);
    // The function gets another name and more points, the choice another text, the checks another helper.
    edit(folder, 'lab.ts', '="half"', '="halve"');
    edit(folder, 'checks.ts', "question('half', { title: 'A function', points: 4", "question('halve', { title: 'One function', points: 6");
    edit(folder, 'checks.ts', 'factor * value', 'value * factor');
    edit(folder, 'lab.ts', 'a 32-bit number', 'a 64-bit number');
    const expected = [
      '  halve: renamed (was half, points 4 → 6, title "A function" → "One function", checks)',
      '  bytes: changed (text)',
      '  what questions share changed: checks.ts',
      'for migrations.json:',
      JSON.stringify({
        from,
        to: labVersion(folder),
        renamed: { half: 'halve' },
        added: [],
        dropped: [],
        points: { halve: [4, 6] },
        deliverables: {},
      }),
    ];
    expect(await told(before)).toEqual(expected);
    expect(await told(zip)).toEqual(expected);
  });

  it('knows a question by its answer cell when its text was mended along with its name', async () => {
    const other = newLab('05-diffed', join(scratch, 'mended'));
    edit(other, 'lab.ts', '="bytes"', '="bytes-of-a-number"');
    edit(other, 'checks.ts', "question('bytes'", "question('bytes-of-a-number'");
    edit(other, 'lab.ts', 'a 32-bit number', 'a number of 32 bits');
    const diff = diffLabs('05-diffed', await labView(other, before), await labView(other, 'now'));
    expect(diffLines(diff)[1]).toBe('  bytes-of-a-number: renamed (was bytes, text, checks)');
    expect(diff.migration).toMatchObject({ renamed: { bytes: 'bytes-of-a-number' }, added: [], dropped: [] });
  });

  it('sees that a table or weights beside the notebook differ', async () => {
    const other = newLab('05-diffed', join(scratch, 'data'));
    writeFileSync(join(other, 'weights.safetensors'), Uint8Array.of(1, 2, 255));
    const [old, now] = [await labView(other, before), await labView(other, 'now')];
    expect(diffLines(diffLabs('05-diffed', old, now))).toContain('  what questions share changed: weights.safetensors');
    expect(diffLines(diffLabs('05-diffed', now, now)).join()).not.toContain('weights');
  });

  it('sees dropped and added questions and other answer cells; formatting is no change', async () => {
    const other = newLab('05-diffed', join(scratch, 'other'));
    edit(other, 'checks.ts', '        ],\n      });', '        ], });');
    const view = (name: string) => labView(other, name);
    expect(diffLines(diffLabs('05-diffed', await view(before), await view('now'))).slice(1)).toEqual([]);
    edit(other, 'lab.ts', 'function half(x: NDArray)', 'function half(y: NDArray)');
    edit(other, 'lab.ts', 'written="why"', 'written="because"');
    edit(other, 'lab.ts', 'People read', 'Some people read');
    const diff = diffLabs('05-diffed', await view(before), await view('now'));
    expect(diffLines(diff).slice(1, 4)).toEqual([
      '  half: changed (answer cell)',
      '  because: added (points none → 4)',
      '  why: dropped (points 4 → none)',
    ]);
    expect(diff.migration).toMatchObject({ added: ['because'], dropped: ['why'], points: {} });
  });

  it('reads git revisions and versions in the history of a lab of the project', async () => {
    const head = await labView('00-basics', 'HEAD');
    expect([...head.files.keys()]).toEqual(expect.arrayContaining(['checks.ts', 'formulas.ts']));
    expect((await labView('00-basics', head.version as string)).version).toBe(head.version);
    await expect(labView('00-basics', 'no-such-revision')).rejects.toThrow('no-such-revision: neither a folder or zip, nor');
    await expect(labView('00-basics', '0'.repeat(16))).rejects.toThrow('no commit of notebooks/00-basics');
  });
});
