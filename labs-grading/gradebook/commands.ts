import type { Command } from 'commander';
import { registerGrade } from './grade-command.ts';

/** Adds the commands that work on a course's gradebook. */
export function registerGradebook(program: Command): void {
  registerGrade(program);
}
