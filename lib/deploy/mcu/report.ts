/** Hears of a program that is built for a microcontroller and runs there. Calls come as often as something moves on; `end` always comes. */
export interface McuReporter {
  /** So many files of so many are compiled. */
  building?(done: number, total: number): void;
  /** So many examples of so many have been computed. */
  running?(done: number, total: number): void;
  /** Nothing more comes. */
  end?(): void;
}

let current: () => McuReporter = () => ({});

/**
 * Makes `factory` serve every later `runOnMcu` that names no `progress` of its own: it is called once a run. Returns the one before; `undefined` means silence.
 * A notebook shows bars by itself.
 */
export function setMcuReporter(factory: (() => McuReporter) | undefined): () => McuReporter {
  const before = current;
  current = factory ?? (() => ({}));
  return before;
}

/** A reporter for a new run. */
export const currentMcuReporter = (): McuReporter => current();
