import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../../../../labs-grading/base/project.ts';
import type { RubricQuestion } from '../../../../labs-grading/lab/rubric.ts';
import { changed } from '../../../../labs-grading/review/rubric-change.ts';
import { changeRubric, rubricTarget } from '../../../../labs-grading/review/rubric-file.ts';

const vague = { id: 'item-1', points: -1, text: 'Vague.' };
const rubric: RubricQuestion = { mode: 'deduct', items: [vague], comments: ['Well done.'] };
const none = new Set<string>();

describe('a change of a rubric', () => {
  it('adds, edits and removes items, and comments', () => {
    const added = changed(rubric, { change: 'add item', points: 2, text: 'Wrong.' }, none);
    expect(added.items).toEqual([vague, { id: 'item-2', points: -2, text: 'Wrong.' }]);
    const was = { points: -1, text: 'Vague.' };
    const edited = changed(rubric, { change: 'edit item', id: 'item-1', was, points: -3, text: 'Too vague.' }, none);
    expect(edited.items).toEqual([{ id: 'item-1', points: -3, text: 'Too vague.' }]);
    expect(changed(rubric, { change: 'remove item', id: 'item-1', was }, none).items).toEqual([]);
    expect(changed(rubric, { change: 'add comment', text: 'Well done.' }, none).comments).toEqual(['Well done.']);
    expect(changed(rubric, { change: 'add comment', text: 'Why?' }, none).comments).toEqual(['Well done.', 'Why?']);
    expect(changed(rubric, { change: 'remove comment', text: 'Well done.' }, none).comments).toEqual([]);
  });

  it('is refused when someone else changed the item', () => {
    const was = { points: -2, text: 'Vague.' };
    expect(() => changed(rubric, { change: 'edit item', id: 'item-1', was, points: -3, text: 'x' }, none)).toThrow(
      'Someone changed “Vague.”',
    );
    expect(() => changed(rubric, { change: 'remove item', id: 'item-9', was }, none)).toThrow('Someone removed “Vague.”');
    expect(() => changed(rubric, { change: 'mode', mode: 'add' }, none)).toThrow('The rubric has items');
  });

  it('never gives a new item the id of one that a grade holds', () => {
    const item = changed({ ...rubric, items: [] }, { change: 'add item', points: 0, text: 'x' }, new Set(['item-1', 'item-2'])).items[0];
    expect(item).toEqual({ id: 'item-3', points: 0, text: 'x' });
  });
});

describe('rubric.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tinylab-rubric-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'rubric.json');
  const read = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

  it('keeps the other questions', () => {
    writeFileSync(file, JSON.stringify({ questions: { other: rubric } }));
    changeRubric(file, 'why', now => ({ ...now, items: [vague] }));
    expect(read()).toEqual({ questions: { other: rubric, why: { mode: 'deduct', items: [vague], comments: [] } } });
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('stays as it was when a change is refused', () => {
    const before = readFileSync(file, 'utf8');
    expect(() => changeRubric(file, 'why', now => ({ ...now, items: [vague, vague] }))).toThrow('same id');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('has one writer at a time; one that was killed is no obstacle for long', () => {
    writeFileSync(`${file}.part`, '');
    const add = (): unknown => changeRubric(file, 'why', now => ({ ...now, comments: ['x'] }));
    expect(add).toThrow('someone else is writing the rubric');
    utimesSync(`${file}.part`, new Date(0), new Date(0));
    expect(add).not.toThrow();
  });

  it('is never written where students would get it', () => {
    const lab = { id: 'no-such-lab', pristine: '', checks: join(projectFolder, 'notebooks/no-such-lab/checks.ts') };
    expect(rubricTarget(lab)).toBe(join(projectFolder, 'labs-grading/labs/no-such-lab/rubric.json'));
    expect(rubricTarget({ ...lab, checks: join(folder, 'checks.ts') })).toBe(file);
  });
});
