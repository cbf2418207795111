import { isArray, type Model, type NDArray, type Question } from 'tinylab';
import { runQuestion, type Session } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { labIds } from '../../../labs-grading/lab/labs.ts';
import { markOf } from '../../../labs-grading/release/cells.ts';
import { labFiles, loadQuestions } from '../../../labs-grading/release/lab-files.ts';
import { labCells } from '../../../labs-grading/release/student.ts';
import { sessionWith } from '../../lib/check/scope.ts';

// Where an answer rounds a share of a count, n · s and n - n · (1 - s) part on an exact half, and both are right: no case may ask for one.

const seeds = Array.from({ length: 25 }, (_, i) => i + 1);

type Call = readonly [name: string, args: readonly unknown[]];

/** The student's side with reference answers, which notes what it is asked. */
function noting(names: Readonly<Record<string, unknown>>, calls: Call[]): Session {
  const session = sessionWith(names);
  return {
    begin: withhold => session.begin(withhold),
    call: (name, args) => {
      calls.push([name, args]);
      return session.call(name, args);
    },
    read: name => session.read(name),
    deliverable: name => session.deliverable(name),
    predict: (model, inputs) => session.predict(model, inputs),
    loop: request => session.loop(request),
  };
}

const isModel = (value: unknown): value is Model =>
  typeof value === 'object' && value !== null && 'nodes' in value && 'parameters' in value;

/** What an argument holds: whole numbers and sizes of arrays (of a mask, how many it keeps) are counts, broken numbers below 1 shares. */
function look(value: unknown, found = { counts: new Set<number>(), shares: new Set<number>() }): typeof found {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && value > 1) found.counts.add(value);
    else if (value > 0 && value < 1) found.shares.add(value);
  } else if (isArray(value)) {
    const { data, dtype } = value as NDArray;
    found.counts.add(data.length);
    if (dtype === 'uint8') found.counts.add([...data].filter(v => v !== 0).length);
  } else if (isModel(value)) {
    // Weights are pruned: nobody rounds a share of biases, or of what the graph says.
    for (const { value: weight } of Object.values(value.parameters)) if (weight.shape.length > 1) look(weight, found);
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) look(inner, found);
  }
  return found;
}

/** Shares of counts that are a half, as decimals: 30 · 0.45 = 13.5. */
const tiesIn = (args: readonly unknown[]): string[] => {
  const { counts, shares } = look(args);
  const isHalf = (n: number, s: number): boolean => Math.abs(((n * s) % 1) - 0.5) < 1e-6;
  return [...shares].flatMap(s => [...counts].filter(n => isHalf(n, s)).map(n => `${n} · ${s}`));
};

/** Questions whose answer rounds to the nearest, and those that need one. */
function rounding(questions: readonly Question[], answers: ReadonlyMap<string, string>): Question[] {
  const rounds = (question: Question): boolean => /Math\.round|roundedShare/.test(answers.get(question.id) ?? '');
  const names = new Set(questions.filter(rounds).flatMap(({ uses }) => uses));
  return questions.filter(question => rounds(question) || (question.needs ?? []).some(need => names.has(need)));
}

it('a half is found', () => {
  expect(tiesIn([30, 0.45])).toEqual(['30 · 0.45']);
  expect(tiesIn([{ mask: { deep: [25, 0.58] } }])).toEqual(['25 · 0.58']);
  expect(tiesIn([30, 0.4, 16, 0.3])).toEqual([]);
});

const asked = await Promise.all(
  labIds().map(async id => {
    const files = labFiles(id);
    const answers = new Map(labCells(files).map(cell => [markOf(cell)?.grade_id ?? '', cell.source]));
    const { questions, staff } = await loadQuestions(files);
    return { id, staff, questions: rounding(questions, answers) };
  }),
);

it('some answers round', () => {
  expect(asked.flatMap(({ questions }) => questions.map(({ id }) => id))).toEqual(
    expect.arrayContaining(['fine-grained-prune', 'sensitivity', 'channels', 'ticket']),
  );
});

describe.each(asked.filter(({ questions }) => questions.length > 0))('$id', ({ questions, staff }) => {
  it.each(questions)('$id asks for no half', async question => {
    const names = question.uses.filter(name => typeof staff[name] === 'function');
    const ties = new Set<string>();
    let calls = 0;
    for (const seed of seeds) {
      const noted: Call[] = [];
      await runQuestion(question, noting(staff, noted), { seed });
      calls += noted.length;
      for (const [name, args] of noted) for (const tie of tiesIn(args)) ties.add(`${name}: ${tie}`);
    }
    expect([...ties]).toEqual([]);
    if (names.length > 0) expect(calls).toBeGreaterThanOrEqual(seeds.length);
  });
});
