import type { OtherStyle } from '../../lab/mutant.ts';
import { lossStyles } from './styles/losses.ts';
import { studentStyles } from './styles/students.ts';
import { trainingStyles } from './styles/training.ts';

export default [...lossStyles, ...trainingStyles, ...studentStyles] satisfies readonly OtherStyle[];
