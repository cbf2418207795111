import type { OtherStyle } from '../../lab/mutant.ts';
import { countingStyles } from './styles/counting.ts';
import { measuredStyles } from './styles/measured.ts';
import { workStyles } from './styles/work.ts';

// Right answers in other styles than the lab's own, none of which may be refused.

export default [...countingStyles, ...workStyles, ...measuredStyles] satisfies readonly OtherStyle[];
