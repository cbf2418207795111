import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '../base/project.ts';
import { contentHash } from '../release/version.ts';
import type { Verdict } from './arena/messages.ts';

/** Where a lab's marks are kept: in the project's own state, of which nothing ships. */
export const stateFolder = (lab: string): string => join(projectFolder, '.tinylab/mutate', lab);

/** Verdicts that were reached before, by what decides them. A line is added as soon as there is a verdict, so nothing is lost at an interrupt. */
export class Record {
  readonly #file: string;
  readonly #known = new Map<string, Verdict>();

  constructor(lab: string) {
    this.#file = join(stateFolder(lab), 'verdicts.jsonl');
    mkdirSync(dirname(this.#file), { recursive: true });
    const lines = existsSync(this.#file) ? readFileSync(this.#file, 'utf8').split('\n') : [];
    for (const line of lines) this.#take(line);
  }

  /** The verdict that this key had before. */
  get(key: string): Verdict | undefined {
    return this.#known.get(key);
  }

  add(key: string, verdict: Verdict): void {
    this.#known.set(key, verdict);
    appendFileSync(this.#file, `${JSON.stringify([key, verdict])}\n`);
  }

  /** The last line may be torn: the run that wrote it was ended. */
  #take(line: string): void {
    try {
      const [key, verdict] = JSON.parse(line) as [string, Verdict];
      this.#known.set(key, verdict);
    } catch {
      // marked again
    }
  }
}

/** Names an answer among everything that decides its verdict. */
export const verdictKey = (question: string, kind: 'wrong' | 'right', answer: string): string =>
  contentHash([
    ['question', question],
    [kind, answer],
  ]).slice(0, 32);
