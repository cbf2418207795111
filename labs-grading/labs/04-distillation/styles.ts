import type { OtherStyle } from '../../lab/mutant.ts';
import { beyondStyles } from './styles/beyond.ts';
import { featureStyles } from './styles/features.ts';
import { lossStyles } from './styles/losses.ts';
import { studentStyles } from './styles/students.ts';
import { trainingStyles } from './styles/training.ts';

export default [...lossStyles, ...trainingStyles, ...studentStyles, ...featureStyles, ...beyondStyles] satisfies readonly OtherStyle[];
