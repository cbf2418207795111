import { afterEach, describe, expect, it } from 'vitest';
import type { AnswerRow, Refusal } from '../../../../labs-grading/review/messages.ts';
import { Review } from '../../../../labs-grading/review/review.ts';
import { type ReviewClass, reviewClass } from '../../fixtures/review-class.ts';

const half = 'function half(x: number): number {\n  return x / 2;\n}';
const signed = half.replace(';', '; // by Ada');
const html = { output_type: 'display_data', data: { 'text/html': '<p>Ada <b>Love&#108;ace</b></p>' } };
const writers = [
  { id: 'ada7', name: 'Ada Lovelace', email: 'ada@example.edu', why: 'I, Ada Lovelace, say noise.', half: signed, outputs: [html] },
  { id: 'grace', name: 'Grace Hopper', why: 'Noise, says grace.', half, score: 2 },
  { id: 'alan', name: 'Alan Turing', why: 'Why not.', score: 0 },
  { id: 'tony', name: 'Tony Hoare' },
];
let open: ReviewClass | undefined;
const reviewOf = async (blind = false): Promise<Review> => {
  open = await reviewClass(writers);
  return new Review(open, { blind, grader: 'bo' });
};
afterEach(() => open?.end());

const edit = { grader: 'bo', items: ['noise'], adjustment: 0, comment: '', revision: 0 };
const key = async (review: Review, question: string, label: string): Promise<string> =>
  (await review.rows(question)).find(row => row.label === label)?.key as string;

describe('a review', () => {
  it('begins with the question that people grade, and lists those who handed in', async () => {
    const page = await (await reviewOf()).page();
    expect(page.question).toEqual({ question: 'why', title: 'In your words', points: 5, manual: true });
    expect(page.questions.map(({ question }) => question)).toEqual(['why', 'half']);
    expect(page.rows.map(({ label }) => label)).toEqual(['Ada Lovelace', 'Alan Turing', 'Grace Hopper']);
    expect(page.rows[0]).toMatchObject({ total: 4, maximum: 9 });
    expect(page.rows[0]).not.toHaveProperty('score');
    await expect((await reviewOf()).page('other')).rejects.toThrow('It has: why, half.');
  });

  it('grades, and moves the total', async () => {
    const review = await reviewOf();
    const row = await review.save('why', await key(review, 'why', 'Ada Lovelace'), { ...edit, adjustment: 0.5, comment: 'Well.' });
    expect(row).toMatchObject({ score: 3.5, total: 7.5, grade: { grader: 'bo', items: ['noise'], comment: 'Well.', revision: 1 } });
    expect((await open?.grades())?.students.find(({ student }) => student.id === 'ada7')?.score).toBe(7.5);
  });

  it('starts a checked question from what the checks gave', async () => {
    const review = await reviewOf();
    expect((await review.rows('half')).map(({ score, automatic }) => [score, automatic])).toEqual([
      [4, 4],
      [0, 0],
      [2, 2],
    ]);
    expect(await review.save('half', await key(review, 'half', 'Grace Hopper'), { ...edit, items: [], adjustment: 1 })).toMatchObject({
      score: 3,
    });
  });

  it('refuses a grade made from an older one, shows the newer, and keeps both graders’ words', async () => {
    const review = await reviewOf();
    const ada = await key(review, 'why', 'Ada Lovelace');
    await review.save('why', ada, { ...edit, comment: 'first' });
    const refused = (await review.save('why', ada, { ...edit, grader: 'cy', items: ['wrong'], comment: 'second' })) as Refusal;
    expect(refused.reason).toBe('bo graded this answer in the meantime.');
    expect(refused.row?.grade).toMatchObject({ items: ['noise'], comment: 'first', revision: 1 });
    const merged = await review.save('why', ada, {
      ...edit,
      grader: 'cy',
      items: ['noise', 'wrong'],
      comment: 'first\nsecond',
      revision: 1,
    });
    expect(merged).toMatchObject({ score: 0, grade: { grader: 'cy', revision: 2 } });
    expect(((await review.save('why', 'nobody', edit)) as Refusal).reason).toContain('no such answer');
  });

  it('re-points every answer that has an item at once, and says how many', async () => {
    const review = await reviewOf();
    for (const label of ['Ada Lovelace', 'Grace Hopper']) await review.save('why', await key(review, 'why', label), edit);
    await review.save('why', await key(review, 'why', 'Alan Turing'), { ...edit, items: ['noise', 'wrong'] });
    const was = { points: -2, text: 'Does not say that weights are noisy or redundant' };
    const change = { change: 'edit item', id: 'noise', was, points: -4, text: was.text } as const;
    expect(await review.change('why', 'bo', change)).toEqual({ having: 3, changed: 2 });
    const scores = (rows: readonly AnswerRow[]): unknown => rows.map(({ label, score, total }) => [label, score, total]);
    expect(scores(await review.rows('why'))).toEqual([
      ['Ada Lovelace', 1, 5],
      ['Alan Turing', 0, 0],
      ['Grace Hopper', 1, 3],
    ]);
    expect(((await review.change('why', 'cy', change)) as Refusal).reason).toContain('Someone changed');
    expect((await open?.book.history())?.at(-1)).toMatchObject({
      action: 'rubric',
      detail: { by: 'bo', id: 'noise', having: 3, changed: 2 },
    });
  });

  it('finds answers with the same text, blanks at the ends of lines aside', async () => {
    open = await reviewClass([
      { id: 'a', why: 'Same\nwords.' },
      { id: 'b', why: 'Same  \r\nwords.\n' },
      { id: 'c', why: 'same words.' },
      { id: 'd', why: 'Same\nwords.' },
    ]);
    const review = new Review(open, { blind: false, grader: 'bo' });
    expect(await review.alike('why', await key(review, 'why', 'a'))).toEqual([
      await key(review, 'why', 'b'),
      await key(review, 'why', 'd'),
    ]);
    expect(await review.alike('why', await key(review, 'why', 'c'))).toEqual([]);
    expect(await review.alike('why', 'nobody')).toEqual([]);
  });

  it('says what counts in place of the grade, and what came after it', async () => {
    const review = await reviewOf();
    const ada = await key(review, 'why', 'Ada Lovelace');
    await review.save('why', ada, edit);
    await open?.book.override({ lab: 'words', student: 'ada7', question: 'why', score: 5, reason: 'oral exam', by: 'cy' });
    expect((await review.rows('why'))[0]).toMatchObject({
      score: 5,
      notes: [expect.stringContaining('cy set this score to 5: oral exam')],
    });
    const folder = (await open?.book.submissions('words', 'grace'))?.[0]?.folder as string;
    await review.save('why', await key(review, 'why', 'Grace Hopper'), edit);
    const later = {
      lab: 'words',
      student: 'grace',
      folder,
      digest: 'later',
      submittedAt: '2999-01-01T00:00:00Z',
      source: 'zip',
      anomalies: [],
    };
    await open?.book.addSubmission(later);
    expect((await review.rows('why')).at(-1)?.notes).toEqual(['The answer was handed in after it was graded. Look again.']);
  });
});

describe('a blind review', () => {
  const tell = async (review: Review): Promise<string> => {
    const told: unknown[] = [];
    for (const question of ['why', 'half']) {
      const page = await review.page(question);
      told.push(page, await review.save(question, page.rows[0]?.key as string, { ...edit, revision: 7 }));
      for (const { key } of page.rows) told.push(await review.answer(question, key), await review.outputs(question, key));
    }
    return told.map(value => JSON.stringify(value)).join('\n');
  };
  const names = /ada\b|ada7|lovelace|grace|hopper|alan|turing/i;

  it('says nothing that names a student', async () => {
    expect(await tell(await reviewOf(true))).not.toMatch(names);
    expect(await tell(await reviewOf(false))).toMatch(names);
  });

  it('grades the same answers', async () => {
    const review = await reviewOf(true);
    const { key: first } = (await review.rows('why'))[0] as AnswerRow;
    await review.save('why', first, edit);
    expect(await open?.book.manual('words')).toHaveLength(1);
    expect((await review.rows('why')).map(({ label }) => label)).toEqual(['Answer 1', 'Answer 2', 'Answer 3']);
  });
});
