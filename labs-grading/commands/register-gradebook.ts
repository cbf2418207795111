import type { Command } from 'commander';
import { registerGrade } from './grade.ts';
import { registerOverride } from './override.ts';
import { registerPublish } from './publish.ts';
import { registerRegrade } from './regrade.ts';
import { registerShow } from './show.ts';

/** Adds the commands that work on a course's gradebook. */
export function registerGradebook(program: Command): void {
  for (const register of [registerGrade, registerRegrade, registerPublish, registerOverride, registerShow]) register(program);
}
