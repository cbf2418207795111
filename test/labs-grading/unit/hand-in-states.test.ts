import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CollectBook, collectInto } from '../../../labs-grading/collect/collect.ts';
import { courseIn } from '../../../labs-grading/collect/course.ts';
import { pick } from '../../../labs-grading/collect/pick.ts';
import { reportLines } from '../../../labs-grading/collect/report-lines.ts';
import { readingOf, rebuild } from '../../../labs-grading/lab/rebuild.ts';
import { answerIn } from '../../../labs-grading/review/answer.ts';
import { findings } from '../../../scripts/submit/findings.mjs';
import { workAt } from '../../../scripts/submit/work.mjs';
import { bare, changed, lab, own, type Raw, solved, solvedOf, textOf, withFields } from '../fixtures/solved.ts';

describe('what cannot be asked is told by everyone in the same words', () => {
  const cases: [string, string | Buffer, 'unreadable' | 'another lab', string][] = [
    ['nothing', '', 'unreadable', 'the file is empty'],
    ['a web page', '<!DOCTYPE html><title>x</title>', 'unreadable', 'it is a web page (HTML)'],
    ['an archive', Buffer.from('PK\u0003\u0004xx'), 'unreadable', 'it is a zip archive'],
    ['a PDF', '%PDF-1.7', 'unreadable', 'it is a PDF'],
    ['half a notebook', solved.slice(0, 9000), 'unreadable', 'it ends in the middle'],
    ['a merge', solved.replace('"cells": [', '"cells": [\n<<<<<<< HEAD\n'), 'unreadable', 'marks of a merge'],
    ['no cells', '{"nbformat":4,"metadata":{},"cells":[]}', 'unreadable', 'it has no cells'],
    ['only odd cells', '{"nbformat":4,"cells":[null,3]}', 'unreadable', 'no cell can be read'],
    ['another lab', solvedOf('01-pruning'), 'another lab', 'it is the notebook of 01-pruning'],
    ['another lab without marks', bare(solvedOf('01-pruning')), 'another lab', 'it is another notebook'],
    ['another course', JSON.stringify({ nbformat: 4, metadata: {}, cells: [own('print(1)')] }), 'another lab', 'nothing of this lab'],
  ];

  it.each(cases)('%s', async (...[, notebook, state, why]) => {
    const { handIn, anomalies } = readingOf(lab, Buffer.from(notebook));
    expect(handIn).toBe(state);
    expect(anomalies.at(-1)).toMatchObject({ kind: state, about: '', detail: expect.stringContaining(why) });
    const source = mkdtempSync(join(tmpdir(), 'tinylab-reader-'));
    mkdirSync(join(source, 'ada'));
    const path = join(source, 'ada/00-basics.ipynb');
    writeFileSync(path, notebook);
    const book = { students: async () => [], submissions: async () => [] } as never as CollectBook;
    const dates = { graceMinutes: 0, daysLate: () => 0 };
    const report = await collectInto(courseIn(source), book, {
      lab: '00-basics',
      source,
      sourceName: 'x',
      dates,
      dryRun: true,
      read: one => readingOf(lab, one),
    });
    expect(reportLines(report, true).join('\n')).toMatch(new RegExp(`ada: ${state}: .*${why.replace(/[()]/g, '\\$&')}`));
    expect(answerIn(join(source, 'ada'), lab, 'macs').missing).toContain(why);
    if (state === 'another lab') {
      const found = findings(workAt(path, join(import.meta.dirname, '../../..'))) as { kind: string; text: string }[];
      expect(
        found
          .filter(({ kind }) => kind === 'warning')
          .map(({ text }) => text)
          .join(),
      ).toContain(why);
    } else expect(() => workAt(path)).toThrow(why);
  });

  it('a lab is no other one for what its students delete or add', () => {
    const without = changed(({ cells, ...rest }) => ({ ...rest, cells: [...cells.slice(0, 5), own('const x = 1;')] }));
    expect(readingOf(lab, Buffer.from(without)).handIn).toBeUndefined();
    const older = changed(notebook => {
      for (const cell of notebook.cells as Raw[]) {
        const mark = cell.metadata?.nbgrader;
        if (mark?.solution) mark.grade_id = `old-${mark.grade_id}`;
        if (!mark) cell.source = `${textOf(cell)} `;
      }
      return undefined;
    });
    expect(readingOf(lab, Buffer.from(older)).handIn).toBeUndefined();
  });

  it('submit tells what grading will tell', () => {
    const root = join(import.meta.dirname, '../../..');
    const folder = mkdtempSync(join(tmpdir(), 'tinylab-reader-'));
    const path = join(folder, '00-basics (1).ipynb');
    const odd = withFields('grade-me', () => ({ cell_type: 'raw' }));
    writeFileSync(path, bare(odd));
    const { lab: named, match } = workAt(path, root);
    expect(named).toBe('00-basics');
    expect(match.anomalies).toEqual(rebuild(lab.pristine, bare(odd)).anomalies);
    expect(
      findings(workAt(path, root))
        .map(({ text }: { text: string }) => text)
        .join(),
    ).toContain('it is handed in as 00-basics.ipynb');
  });
  it('the solved notebook has every answer', () => {
    const { anomalies, untouched } = rebuild(lab.pristine, solved);
    expect([anomalies, untouched.size]).toEqual([[], 0]);
    expect(rebuild(lab.pristine, lab.pristine).untouched.size).toBe(10);
  });
});

describe('of several notebooks the one with answers is meant', () => {
  const untouched = lab.pristine;
  const pickedOf = async (files: Record<string, string>) => {
    const all = Object.entries(files).map(([path, text]) => ({
      path,
      modified: new Date(0),
      modifiedFrom: 'x',
      read: async () => Buffer.from(text),
    }));
    const { files: kept, anomalies } = await pick(all, '00-basics', { read: one => readingOf(lab, one) });
    return { text: kept.get('00-basics.ipynb')?.toString(), told: anomalies.map(({ about, detail }) => `${about}: ${detail}`).join('\n') };
  };

  it.each<[string, Record<string, string>, string]>([
    [
      'a stub beside the final one',
      { '00-basics.ipynb': untouched, '00-basics-final.ipynb': solved },
      'it has 10 answers, and 00-basics.ipynb beside it none',
    ],
    ['two copies, one of them begun', { 'work/a.ipynb': untouched, 'work/b.ipynb': solved }, 'the one with most answers of 2 notebooks'],
    ['two of the name', { 'a/00-basics.ipynb': untouched, 'b/00-basics.ipynb': solved }, 'the one with most answers of 2 notebooks'],
    ['another one beside it', { '00-basics.ipynb': solved, 'notes.ipynb': untouched }, 'notes.ipynb: not kept'],
  ])('%s', async (...[, files, why]) => {
    const { text, told } = await pickedOf(files);
    expect(text).toBe(solved);
    expect(told).toContain(why);
  });

  it('and the named one where both have answers, which is told', async () => {
    const some = JSON.stringify(JSON.parse(withFields('grade-me', () => ({ source: '' }))));
    const { text, told } = await pickedOf({ '00-basics.ipynb': some, '00-basics-final.ipynb': solved });
    expect(text).toBe(some);
    expect(told).toContain('9 answers; 00-basics-final.ipynb beside it has 10; 00-basics.ipynb counts');
  });
});
