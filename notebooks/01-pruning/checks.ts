import { lab } from 'tinylab';
import { beyondQuestions } from './beyond.ts';
import { channelQuestions } from './channels.ts';
import { fineGrainedQuestions } from './fine-grained.ts';
import { leaderboard } from './leaderboard.ts';
import { recoveryQuestions } from './recovery.ts';
import { staffAnswers } from './staff.ts';

export default lab('01-pruning', [...fineGrainedQuestions, ...recoveryQuestions, ...channelQuestions, ...beyondQuestions, leaderboard], {
  staff: staffAnswers,
});
