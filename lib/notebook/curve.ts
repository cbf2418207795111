/**
 * A curve that never grows beyond `limit` points: when it is full, neighbours are averaged in pairs, so that it always covers the whole run
 * evenly. Each point is the mean of `stride` values, at the step of the last of them.
 */
export class Curve {
  readonly steps: number[] = [];
  readonly values: number[] = [];
  readonly #limit: number;
  #stride = 1;
  #sum = 0;
  #count = 0;

  constructor(limit = 400) {
    this.#limit = limit + (limit % 2);
  }

  add(step: number, value: number): void {
    this.#sum += value;
    this.#count += 1;
    if (this.#count < this.#stride) return;
    this.steps.push(step);
    this.values.push(this.#sum / this.#count);
    this.#sum = 0;
    this.#count = 0;
    if (this.values.length === this.#limit) this.#halve();
  }

  #halve(): void {
    const half = this.values.length / 2;
    for (let i = 0; i < half; i++) {
      this.steps[i] = this.steps[2 * i + 1] as number;
      this.values[i] = ((this.values[2 * i] as number) + (this.values[2 * i + 1] as number)) / 2;
    }
    this.steps.length = half;
    this.values.length = half;
    this.#stride *= 2;
  }
}
