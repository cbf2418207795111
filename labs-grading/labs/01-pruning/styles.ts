import type { OtherStyle } from '../../lab/mutant.ts';
import { allocationStyles } from './styles/allocation.ts';
import { beyondStyles } from './styles/beyond.ts';
import { channelStyles } from './styles/channels.ts';
import { fineGrainedStyles } from './styles/fine-grained.ts';
import { recoveryStyles } from './styles/recovery.ts';
import { storageStyles } from './styles/storage.ts';

// Right answers in other styles than the lab's own, none of which may be refused. Of `tickets` there is none besides: what can differ is in
// `ticket`, and a list of masks is masks.

export default [
  ...fineGrainedStyles,
  ...allocationStyles,
  ...recoveryStyles,
  ...channelStyles,
  ...beyondStyles,
  ...storageStyles,
] satisfies readonly OtherStyle[];
