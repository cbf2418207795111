import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerRow, Grade, QuestionPage } from '../../../../labs-grading/review/messages.ts';
import { type Draft, State } from '../../../../labs-grading/review/page/state.ts';

const question = { question: 'q', title: 'Q', points: 5, manual: true };
const rubric = {
  mode: 'deduct' as const,
  items: [
    { id: 'a', points: -1, text: 'A' },
    { id: 'b', points: -2, text: 'B' },
  ],
  comments: [],
};
const row = (key: string, grade?: Grade): AnswerRow => ({
  key,
  label: key,
  total: 0,
  maximum: 5,
  notes: [],
  ...(grade && { grade, score: 1 }),
});
const page = (...rows: AnswerRow[]): QuestionPage => ({
  ...{ lab: 'l', title: 'L', grader: 'ada', blind: false, questions: [question], question, rubric, rows },
});
const grade = (revision: number, comment = '', items: string[] = []): Grade => ({
  items,
  adjustment: 0,
  comment,
  grader: 'bo',
  at: '',
  revision,
});
const one = (state: State): AnswerRow => state.page.rows[0] as AnswerRow;

describe('what a page knows', () => {
  it('begins with the first ungraded answer and counts the graded ones', () => {
    const state = new State(page(row('x', grade(1)), row('y')));
    expect([state.index, state.graded]).toEqual([1, 1]);
  });

  it('shows the score of what is ticked, before it is applied', () => {
    const state = new State(page(row('x')));
    expect(state.score(one(state))).toBeUndefined();
    state.edit(one(state), { items: ['b'] });
    expect(state.score(one(state))).toBe(3);
    state.edit(one(state), { items: [] });
    expect([state.dirty, state.score(one(state))]).toEqual([false, undefined]);
  });

  it('keeps a draft when someone else grades, and says so; an untouched answer just follows', () => {
    const state = new State(page(row('x'), row('y')));
    state.edit(one(state), { comment: 'mine' });
    state.receive([row('x', grade(1, 'theirs')), row('y', grade(1, 'theirs'))]);
    expect([...state.conflicts.keys()]).toEqual(['x']);
    expect(state.draft(one(state)).comment).toBe('mine');
    expect(state.draft(state.page.rows[1] as AnswerRow).comment).toBe('theirs');
    state.resolve(one(state), { items: [], adjustment: 0, comment: 'theirs, mine' });
    expect(state.conflicts.size).toBe(0);
    expect(state.draft(one(state))).toMatchObject({ comment: 'theirs, mine', revision: 1 });
  });

  it('sees no conflict with its own save, whichever of answer and event comes first', () => {
    for (const eventFirst of [true, false]) {
      const state = new State(page(row('x')));
      state.edit(one(state), { comment: 'mine' });
      state.saving(one(state));
      const saved = row('x', grade(1, 'mine'));
      if (eventFirst) state.receive([saved]);
      state.saved('x', saved, true);
      if (!eventFirst) state.receive([saved]);
      expect([state.conflicts.size, state.dirty]).toEqual([0, false]);
    }
  });

  it('keeps what was typed while a save was under way', () => {
    const state = new State(page(row('x')));
    state.edit(one(state), { comment: 'one' });
    state.saving(one(state));
    state.edit(one(state), { comment: 'one two' });
    state.saved('x', row('x', grade(1, 'one')), true);
    expect(state.draft(one(state))).toMatchObject({ comment: 'one two', revision: 1 });
    expect(state.conflicts.size).toBe(0);
  });

  it('keeps the draft when the server does not answer', () => {
    const state = new State(page(row('x')));
    state.edit(one(state), { comment: 'mine' });
    state.saving(one(state));
    state.saved('x', undefined, false);
    expect([state.draft(one(state)).comment, state.isSaving('x')]).toEqual(['mine', false]);
  });
});

/** A server that keeps one answer, and refuses what was made from an older revision. */
class Shelf {
  readonly kept: Grade[] = [];

  get row(): AnswerRow {
    return row('x', this.kept.at(-1));
  }

  put(draft: Draft): boolean {
    if (draft.revision !== this.kept.length) return false;
    this.kept.push({ ...draft, grader: '', at: '', revision: this.kept.length + 1 });
    return true;
  }
}

it('two graders lose no word, in whatever order they write, apply, merge and hear of each other', () => {
  const step = fc.record({ who: fc.integer({ min: 0, max: 1 }), what: fc.constantFrom('write', 'write', 'apply', 'hear', 'merge') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const shelf = new Shelf();
      const states = [new State(page(row('x'))), new State(page(row('x')))];
      const written: string[] = [];
      const act = (state: State, what: string): void => {
        const now = one(state);
        const theirs = state.conflicts.get('x');
        if (what === 'hear') state.receive([shelf.row]);
        if (what === 'write') {
          written.push(`w${written.length}.`);
          state.edit(now, { comment: `${state.draft(now).comment}${written.at(-1)}` });
        }
        if (what === 'merge' && theirs)
          state.resolve(theirs, { items: [], adjustment: 0, comment: `${theirs.grade?.comment ?? ''}${state.draft(now).comment}` });
        if (what === 'apply' && !theirs) {
          const ok = shelf.put(state.saving(now));
          state.saved('x', shelf.row, ok);
        }
      };
      for (const { who, what } of steps) act(states[who] as State, what);
      const everywhere = [
        ...shelf.kept.slice(-1).map(({ comment }) => comment),
        ...states.map(state => state.draft(one(state)).comment),
      ].join();
      for (const word of written) expect(everywhere).toContain(word);
    }),
    { numRuns: 500 },
  );
});
