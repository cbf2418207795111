import * as library from 'tinylab';
import { describe, expect, it } from 'vitest';
import { withoutAnswers } from '../../../labs-grading/report/feedback/exposure.ts';
import { faultSchema, frameSchema } from '../../../labs-grading/run/protocol.ts';

const fault = { message: 'said', hint: 'seven', where: 'cell[3]:1:1' };

describe('hints that did not come of the grader', () => {
  it.each(['threw', 'refused', 'not a value'] as const)('%s from a sandbox: the hint ends in what the code said', kind => {
    expect(faultSchema.parse({ kind, ...fault })).toEqual({ kind, message: 'said seven', where: fault.where });
  });

  it.each(['missing', 'staff', 'not a function', 'changed input'] as const)(
    '%s from a sandbox: the hint is dropped, since ours is known',
    kind => {
      expect(faultSchema.parse({ kind, ...fault })).toEqual({ kind, message: 'said', where: fault.where });
    },
  );

  it('no frame of a sandbox carries a hint', () => {
    const frame = frameSchema.parse({ id: 'x', ok: false, fault: { kind: 'refused', ...fault } });
    expect(JSON.stringify(frame)).not.toContain('hint');
  });

  it('one that came with an error over the answer is not told once hidden cases have been asked', () => {
    const item = { id: '1', asked: 'f(1)', passed: false, hidden: false, reason: 'wrong', got: 'x', hint: 'seven' } as const;
    expect(withoutAnswers(item)).toHaveProperty('hint');
    expect(withoutAnswers({ ...item, hintFrom: 'error' })).not.toHaveProperty('hint');
  });

  it('the library hands cells nothing that makes faults or reports', () => {
    const graders = ['StudentFault', 'Examiner', 'sessionOver', 'runQuestion', 'runLab', 'setCheckHooks', 'responder', 'faultOf'];
    expect(graders.filter(name => name in library)).toEqual([]);
  });
});
