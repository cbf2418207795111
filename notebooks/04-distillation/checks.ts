import { lab } from 'tinylab';
import { lossQuestion } from './loss.ts';
import { softenQuestion } from './soften.ts';
import { staffAnswers } from './staff.ts';

export default lab('04-distillation', [softenQuestion, lossQuestion], { staff: staffAnswers });
