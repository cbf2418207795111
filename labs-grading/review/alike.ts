import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { GradedLab } from '../lab/labs.ts';
import { answerIn } from './answer.ts';

/** A submission of the class, and the key of its answer. */
export interface Submitted {
  readonly key: string;
  readonly folder: string;
}

/** Says which answers are the same text, blanks at the ends of lines aside. Every notebook is read once for a question. */
export class Alike {
  readonly #lab: GradedLab;
  readonly #digests = new Map<string, string | undefined>();

  constructor(lab: GradedLab) {
    this.#lab = lab;
  }

  /** Keys of the other answers that are the same. Lets other requests through between two notebooks. */
  async to(question: string, key: string, all: readonly Submitted[]): Promise<string[]> {
    const digests = new Map<string, string | undefined>();
    for (const { key: other, folder } of all) {
      if (!this.#digests.has(JSON.stringify([question, folder]))) await turn();
      digests.set(other, this.#digest(question, folder));
    }
    const own = digests.get(key);
    return own === undefined ? [] : all.flatMap(({ key: other }) => (other !== key && digests.get(other) === own ? [other] : []));
  }

  /** undefined where there is no answer to compare. Submissions are never changed, so that a digest stays right. */
  #digest(question: string, folder: string): string | undefined {
    const name = JSON.stringify([question, folder]);
    if (!this.#digests.has(name)) {
      const { lines, missing } = answerIn(folder, this.#lab, question);
      const text = lines.flatMap(line => (line.kind === 'removed' ? [] : [line.text.trimEnd()])).join('\n');
      this.#digests.set(name, missing === undefined ? createHash('sha256').update(text).digest('base64') : undefined);
    }
    return this.#digests.get(name);
  }
}
