import type { Command } from 'commander';
import { registerAnalytics } from './analytics.ts';
import { registerExport } from './export.ts';
import { registerFeedback } from './feedback.ts';
import { registerSimilarity } from './similarity.ts';

/** Adds the commands that tell what came of a lab. */
export function registerReports(program: Command): void {
  for (const register of [registerFeedback, registerExport, registerAnalytics, registerSimilarity]) register(program);
}
