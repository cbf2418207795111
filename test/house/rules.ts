import { expect, it } from 'vitest';
import type { Module } from './modules.ts';

/** Something that no import of the project may do. */
export interface Rule {
  readonly name: string;
  readonly broken: (module: Module, imported: string) => boolean;
  /** An import that the rule must refuse, so that a rule which never fires is noticed. */
  readonly planted: readonly [path: string, imported: string];
}

export const below = (folder: string, path: string): boolean => path.startsWith(`${folder}/`);

/** Tests of rules: each notices its planted violation, and finds none among the modules. */
export function holdRules(rules: readonly Rule[], modules: readonly Module[]): void {
  it.each(rules)('$name', ({ broken, planted: [path, imported] }) => {
    expect(broken({ path, imports: [imported] }, imported), 'the planted violation is noticed').toBe(true);
    const offenders = modules.flatMap(m =>
      (m.imports.length ? m.imports : ['']).filter(to => broken(m, to)).map(to => `${m.path} → ${to}`),
    );
    expect(offenders).toEqual([]);
  });
}
