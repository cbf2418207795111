import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { array, type HiddenCases, type Lab, mlp, pretrained, type Question, type QuestionBody } from 'tinylab';
import { type Channel, decode, encode, responder, runQuestion, sessionOver, tensorSide } from 'tinylab/grading';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../../../labs-grading/base/project.ts';
import { mutated } from '../../attacks/fuzz/hostile.ts';

// Every question of every lab, its hidden cases included, is asked of answers that are hostile, or right but for a change: whatever comes,
// the question ends with a verdict about the answer, never as a fault of ours.

interface Asked {
  readonly name: string;
  readonly lab: Lab;
  readonly question: Question;
  readonly extra?: QuestionBody;
}

async function questionsOf(id: string): Promise<Asked[]> {
  const lab = (await import(join(projectFolder, 'notebooks', id, 'checks.ts'))).default as Lab;
  const hidden = join(projectFolder, 'labs-grading/labs', id, 'hidden.ts');
  const cases = existsSync(hidden) ? ((await import(hidden)).default as HiddenCases) : undefined;
  return lab.questions.map(question => {
    const extra = cases?.bodies[question.id];
    return { name: `${id}: ${question.id}`, lab, question, ...(extra && { extra }) };
  });
}

const ids = readdirSync(join(projectFolder, 'labs-grading/labs'));
const asked = (await Promise.all(ids.map(questionsOf))).flat();

const noText = { toString: 1, valueOf: 1 };
const atoms: readonly unknown[] = [
  ...[undefined, null, true, Number.NaN, -1, 0.5, 1e308, '', 'a', 'x'.repeat(1000), [], [null], [[[]]], {}, noText, () => undefined],
  ...[{ hasOwnProperty: 1, constructor: 2, length: -1 }, { shape: 'x', dtype: 'float32', data: null }, 2n ** 70n, new Error('mine')],
  ...[{ 'conv2d-1.kernel': 1 }, Array(8).fill(1e9), Array(8).fill(-0), Array(8).fill('1'), array([0, 10], new Float32Array(0), 'float32')],
  ...[array([2, 2], [Number.NaN, 1, Infinity, -0]), new Float32Array([Number.NaN]), array([], [1]), array([1, 1, 1, 1, 1], [7], 'float32')],
];
const wireOf = (value: unknown): unknown => encode(value, { handle: () => 'handle-0' });
const models = [mlp({ input: [3, 3, 1], hidden: [4], classes: 3, seed: 1 }), mlp({ seed: 1 }), pretrained('fashion-mnist-vgg')];
const wires = [...atoms, ...models].map(wireOf);

const scores = [array([1], [1]), array([2, 3], [1, 2, 3, 4, 5, 6]), array([0, 10], []), array([2000, 1], new Float32Array(2000))];
const notFinite = array([2000, 10], new Float32Array(20_000).fill(Number.NaN));

/** What a text that may have been cut short says, or the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A student's side whose every value is one of the hostile ones, or the lab's own answer with changes, in the form that crosses the channel. */
function hostile(lab: Lab, round: number): Channel {
  let turn = round;
  const sample = (from: readonly unknown[]): unknown => parsed(fc.sample(mutated(from), { numRuns: 1, seed: turn })[0] as string);
  const own = responder(
    { lookup: name => (Object.hasOwn(lab.staff, name) ? { found: true, value: lab.staff[name] } : { found: false }) },
    { tensors: tensorSide },
  );
  const any = (): unknown => (turn % 3 === 0 ? sample(wires) : wires[turn % wires.length]);
  const change = (value: unknown): unknown => {
    try {
      return turn % 2 === 0 ? sample([value]) : any();
    } catch {
      return any();
    }
  };
  return {
    send: async (request, callback) => {
      turn++;
      if (request.op === 'begin') return own(request, callback);
      const reply = await own(request, callback);
      return { ok: true, value: (reply.ok ? change(reply.value) : any()) as never };
    },
    deliverable: async () => {
      turn += 7;
      for (;;) {
        try {
          return decode(any());
        } catch {
          turn++;
        }
      }
    },
    predict: async () => [...scores, notFinite][++turn % (scores.length + 1)] as never,
  };
}

const rounds = 24;

describe('questions of the labs, hidden cases included', () => {
  it.each(asked)('$name: a hostile answer ends with a verdict about the answer', async ({ lab, question, extra }) => {
    for (let round = 0; round < rounds; round++) {
      const session = sessionOver(hostile(lab, 1009 * round));
      const report = await runQuestion(question, session, { seed: round, ...(extra && { extra }) });
      expect(report.state, `round ${round}: ${JSON.stringify(report.items.at(-1))}`).not.toBe('not gradable');
      expect(report.items.every(item => item.reason !== 'check error')).toBe(true);
    }
  });

  it('asks hidden cases too', () => expect(asked.filter(({ extra }) => extra).length).toBeGreaterThan(3));
});
