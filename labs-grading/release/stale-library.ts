import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from '../../scripts/setup/context.mjs';
import { isFresh } from '../../scripts/setup/stamp.mjs';
import { library } from '../../scripts/setup/steps/library.mjs';
import type { Problem } from '../base/problem.ts';

/** A built library that is not what `lib` would build now: notebooks and types would meet the old one. A course's copy has no sources. */
export function staleLibrary(context: ReturnType<typeof createContext> = createContext()): Problem[] {
  if (!existsSync(join(context.root, 'lib/index.ts')) || isFresh(library, context)) return [];
  return [
    {
      rule: 'files',
      file: 'lib/dist',
      message: 'the library is older than lib: notebooks would run what was built before; build it with: npm run setup',
    },
  ];
}
