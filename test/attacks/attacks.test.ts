import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anomaly } from '../../labs-grading/base/anomaly.ts';
import { canonical, gradesOf } from '../../labs-grading/gradebook/policy/grades.ts';
import type { QuestionGrade, StudentGrade } from '../../labs-grading/gradebook/records.ts';
import { gradescopeResults } from '../../labs-grading/report/export/gradescope/results.ts';
import { prairieLearnResults } from '../../labs-grading/report/export/prairielearn.ts';
import { feedbackOf } from '../../labs-grading/report/feedback/feedback.ts';
import { feedbackMarkdown } from '../../labs-grading/report/feedback/markdown.ts';
import { feedbackPage } from '../../labs-grading/report/feedback/page.ts';
import { attacker, honest, writeClass } from './class.ts';
import { attacks } from './corpus.ts';
import { type GradedClass, gradeClass } from './grade-class.ts';
import { hiddenValues, points } from './lab.ts';
import { leftovers } from './leftovers.ts';

const chosen = process.env.TINYLAB_ATTACK;
const all = attacks.map((attack, i) => ({ id: attacker(i), attack })).filter(({ attack }) => !chosen || attack.name.includes(chosen));
let quiet: GradedClass;
let attacked: GradedClass;
let before: ReturnType<typeof leftovers>;
let connections = 0;
const listeners: Server[] = [];

async function graded(those: typeof all): Promise<GradedClass> {
  const folder = writeClass(those);
  try {
    return await gradeClass(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(async () => {
  for (const where of [{ host: '127.0.0.1', port: 45_871 }, { path: '\0tinylab-exfiltration' }])
    listeners.push(createServer(() => connections++).listen(where));
  before = leftovers(new Set());
  quiet = await graded([]);
  attacked = await graded(all);
}, 600_000);
afterAll(() => {
  for (const listener of listeners) listener.close();
});

function student(of: GradedClass, id: string): StudentGrade {
  const found = of.grades.students.find(grade => grade.student.id === id);
  if (!found) throw new Error(`nobody graded ${id}`);
  return found;
}

const cellOf = ({ grading }: StudentGrade) => {
  const cell = grading?.report.cells.find(({ id }) => id === 'add');
  return { state: cell?.state, ...(cell?.message !== undefined && { message: cell.message }) };
};
const question = (grade: StudentGrade, id: string): QuestionGrade | undefined => grade.questions.find(one => one.question === id);
const anomaliesOf = ({ submission, grading }: StudentGrade): readonly Anomaly[] => [
  ...(submission?.anomalies ?? []),
  ...(grading?.report.anomalies ?? []),
];
/** What a page of Markdown shows as markup: everything but its fences. */
const unfenced = (text: string): string => text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
const feedbackTo = (of: GradedClass, grade: StudentGrade): string[] => {
  const feedback = feedbackOf(of.grades, grade);
  return [feedbackPage(feedback), feedbackMarkdown(feedback)];
};

describe.each(all)('row $attack.row, $attack.name', ({ id, attack }) => {
  it('gains nothing, and is never our fault', () => {
    const grade = student(attacked, id);
    const target = question(grade, attack.target ?? 'add');
    const most = 10 - points[attack.target ?? 'add'];
    expect(grade.grading?.report.notGradable).toBeUndefined();
    expect([target?.score, target?.state]).toEqual([0, expect.stringMatching(new RegExp(`^(${attack.states.join('|')})$`))]);
    // An attack that never ran proves nothing.
    if (attack.answers && attack.states.join() === 'failed') expect(cellOf(grade)).toEqual({ state: 'done' });
    expect(grade.score).toBeGreaterThanOrEqual(attack.rest ?? most);
    expect(grade.score).toBeLessThanOrEqual(most);
  });

  it('is told where it shows, in few and harmless words', () => {
    const anomalies = anomaliesOf(student(attacked, id));
    if (attack.anomaly) expect(anomalies.map(({ kind, about, detail }) => `${kind} ${about} ${detail}`).join('\n')).toMatch(attack.anomaly);
    expect(anomalies.length).toBeLessThan(150);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    for (const { about, detail } of anomalies) expect(`${about}${detail}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('shows no hidden value to its student, and no markup of its own', () => {
    const grade = student(attacked, id);
    for (const text of feedbackTo(attacked, grade)) {
      expect(hiddenValues.filter(value => text.includes(value))).toEqual([]);
      expect(unfenced(text)).not.toMatch(/<(script|svg onload|img src=x)/);
      expect(text.includes('\u001b') || text.includes('\u202e')).toBe(false);
    }
    const results = JSON.stringify([gradescopeResults(attacked.grades, grade), prairieLearnResults(attacked.grades, grade)]);
    expect(hiddenValues.filter(value => results.includes(value))).toEqual([]);
    if (attack.row !== 17) expect(hiddenValues.filter(value => JSON.stringify(grade.grading?.report).includes(value))).toEqual([]);
  });
});

describe('a class with attackers in it', () => {
  it('gives honest students what they get without attackers', () => {
    for (const { id, score } of honest) {
      const [alone, amid] = [student(quiet, id), student(attacked, id)];
      expect([alone.score, amid.score]).toEqual([score, score]);
      expect(amid.questions).toEqual(alone.questions);
      expect(anomaliesOf(amid)).toEqual([]);
      expect(feedbackTo(attacked, amid).map(text => text.replaceAll(amid.submission?.submittedAt ?? '', ''))).toHaveLength(2);
    }
  });

  it('has grades without a hidden value or a word of a student', () => {
    const text = canonical(gradesOf(attacked.grades));
    expect(hiddenValues.filter(value => text.includes(value))).toEqual([]);
    expect(text).not.toMatch(/tinylab-|inputs|pwned|<|\\u00/);
    expect(attacked.grades.students).toHaveLength(honest.length + all.length);
  });

  it('leaves no process, group, mount or file behind, and nothing called home', () => {
    expect(attacked.graders.size).toBeGreaterThan(2);
    expect(leftovers(new Set([...quiet.graders, ...attacked.graders]))).toEqual(before);
    expect(connections).toBe(0);
  });

  it('covers every row of the table', () => {
    expect([...new Set(attacks.map(({ row }) => row))].sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
    expect(attacks.length).toBeGreaterThanOrEqual(40);
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
  });
});
