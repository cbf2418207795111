import { lab } from 'tinylab';
import { layoutQuestion } from './layouts.ts';
import { simdQuestion } from './simd.ts';
import { staffAnswers } from './staff.ts';
import { winogradQuestion } from './winograd.ts';

export default lab('05-tinyengine', [layoutQuestion, simdQuestion, winogradQuestion], { staff: staffAnswers });
