/** Which known mistakes a comparison knows, and which of them give just what came. */
export interface Foreseen {
  /** Hints of the known mistakes that give what came, the likeliest first. */
  readonly matching: readonly string[];
  /** Hints of all known mistakes that this case knows. */
  readonly offered: readonly string[];
}

/** The comparisons of one thing in one part, hidden ones included. */
export class Series {
  readonly #failed: Foreseen[] = [];
  readonly #passed: Foreseen[] = [];

  add(foreseen: Foreseen, passed: boolean): void {
    (passed ? this.#passed : this.#failed).push(foreseen);
  }

  /**
   * The hint of a known mistake that gives what came in **every** failed case; first of all of one that would have passed where the answer
   * passed. Undefined where none explains them all: a mistake that fits one case by chance is not named.
   */
  explain(): string | undefined {
    const [first, ...others] = this.#failed;
    const fit = (first?.matching ?? []).filter(hint => others.every(({ matching }) => matching.includes(hint)));
    const throughout = fit.find(hint => this.#passed.every(({ matching, offered }) => matching.includes(hint) || !offered.includes(hint)));
    return throughout ?? fit[0];
  }
}
