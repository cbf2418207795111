import type { OtherStyle } from '../../lab/mutant.ts';
import { beyondStyles } from './styles/beyond.ts';
import { codebookStyles } from './styles/codebook.ts';
import { depthwiseStyles } from './styles/depthwise.ts';
import { groupStyles } from './styles/groups.ts';
import { integerStyles } from './styles/integer.ts';
import { linearStyles } from './styles/linear.ts';
import { networkStyles } from './styles/networks.ts';

export default [
  ...codebookStyles,
  ...linearStyles,
  ...integerStyles,
  ...beyondStyles,
  ...networkStyles,
  ...depthwiseStyles,
  ...groupStyles,
] satisfies readonly OtherStyle[];
