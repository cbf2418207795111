import type { OtherStyle } from '../../lab/mutant.ts';
import { lossStyles } from './styles/losses.ts';

export default [...lossStyles] satisfies readonly OtherStyle[];
