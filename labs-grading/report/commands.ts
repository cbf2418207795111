import type { Command } from 'commander';
import { registerAnalytics } from './analytics/command.ts';
import { registerExport } from './export/command.ts';
import { registerFeedback } from './feedback/command.ts';
import { registerSimilarity } from './similarity/command.ts';

/** Adds the commands that tell what came of a lab. */
export function registerReports(program: Command): void {
  for (const register of [registerFeedback, registerExport, registerAnalytics, registerSimilarity]) register(program);
}
