import type { Command } from 'commander';
import { registerGrade } from './grade-command.ts';
import { registerOverride } from './override-command.ts';
import { registerPublish } from './publish-command.ts';
import { registerRegrade } from './regrade-command.ts';
import { registerShow } from './show-command.ts';

/** Adds the commands that work on a course's gradebook. */
export function registerGradebook(program: Command): void {
  for (const register of [registerGrade, registerRegrade, registerPublish, registerOverride, registerShow]) register(program);
}
