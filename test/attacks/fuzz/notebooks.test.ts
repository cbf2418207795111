import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { GraderError } from '../../../labs-grading/base/grader-error.ts';
import { handedInNotebook } from '../../../labs-grading/collect/intake.ts';
import { labVersionOf } from '../../../labs-grading/collect/lab-version.ts';
import { answersKey } from '../../../labs-grading/gradebook/grading/grade-key.ts';
import { rebuild } from '../../../labs-grading/lab/rebuild.ts';
import { parseNotebook as parseReleased } from '../../../labs-grading/release/nbformat.ts';
import { readNotebook as parseNotebook } from '../../../scripts/notebook/reader.mjs';
import { attackLab, notebookWith, solutions } from '../lab.ts';
import { mutated } from './hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinylab-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = mutated([notebookWith(solutions), notebookWith({}), notebookWith({ add: solutions.add })].map(one => JSON.parse(one)));
const pristine = new Map(rebuild(attackLab.pristine, attackLab.pristine).cells.map(cell => [cell.id, cell]));
const kinds = ['unreadable', 'another lab', 'missing', 'duplicated', 'changed', 'moved', 'too long'];
const runs = 4_000;

/** Every text that stands somewhere in the cells of a notebook. */
function sourcesIn(notebook: string): Set<string> {
  const parsed = parseNotebook(notebook);
  return new Set('wrong' in parsed ? [] : parsed.cells.map(({ source }) => source));
}

describe(`${runs} notebooks that were changed at random`, () => {
  it('are rebuilt or named as unreadable; only answers of theirs run, in the places of answers', () => {
    const seen = { tried: 0, unreadable: 0, odd: 0 };
    fc.assert(
      fc.property(text, notebook => {
        const { cells, anomalies, handIn } = rebuild(attackLab.pristine, notebook);
        const theirs = sourcesIn(notebook);
        for (const { id, source, answer } of cells) {
          const released = pristine.get(id);
          // Further cells of an answer, and cells of their own that answers need.
          if (!released) expect([answer, /^(\S+ \(part \d+\)|own cell \d+)$/.test(id)]).toEqual([true, true]);
          else expect(answer).toBe(released.answer);
          if (released && source !== released.source) expect([answer, theirs.has(source)]).toEqual([true, true]);
        }
        const given = [...pristine.values()].filter(({ answer }) => !answer).map(({ id }) => id);
        expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
        if (cells.length > 0) expect(cells.flatMap(({ id, answer }) => (answer ? [] : [id]))).toEqual(given);
        else expect(['unreadable', 'another lab']).toContain(handIn);
        expect(anomalies.every(({ kind, detail }) => kinds.includes(kind) && detail.length < 2_000)).toBe(true);
        seen.tried++;
        if (cells.length === 0) seen.unreadable++;
        else if (anomalies.length > 0) seen.odd++;
      }),
      { numRuns: runs },
    );
    expect(seen.tried).toBe(runs);
    expect(seen.unreadable).toBeGreaterThan(runs / 50);
    expect(seen.odd).toBeGreaterThan(runs / 50);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('have the same key exactly when the same runs and the same is odd', () => {
    const keys = new Map<string, string>();
    let tried = 0;
    fc.assert(
      fc.property(text, notebook => {
        const key = answersKey(attackLab, notebook, folder);
        const { cells, anomalies } = rebuild(attackLab.pristine, notebook);
        const graded = JSON.stringify([cells.map(({ id, source }) => [id, source]), anomalies]);
        expect(keys.get(key) ?? graded).toBe(graded);
        keys.set(key, graded);
        tried++;
      }),
      { numRuns: 1_000 },
    );
    expect(tried).toBe(1_000);
    expect(new Set(keys.values()).size).toBe(keys.size);
    expect(keys.size).toBeGreaterThan(50);
  });

  it('are read, or refused by a named error, wherever else notebooks are read', () => {
    let [read, refused] = [0, 0];
    fc.assert(
      fc.property(text, notebook => {
        writeFileSync(join(folder, 'attack-lab.ipynb'), notebook);
        expect(handedInNotebook(folder, attackLab.id)).toEqual(Buffer.from(notebook));
        expect(labVersionOf(Buffer.from(notebook))?.length ?? 0).toBeLessThanOrEqual(100);
        try {
          parseReleased(notebook, 'attack-lab.ipynb');
          read++;
        } catch (error) {
          expect(error).toBeInstanceOf(GraderError);
          refused++;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(read + refused).toBe(1_000);
    expect(Math.min(read, refused)).toBeGreaterThan(50);
  });
});
