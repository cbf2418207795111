import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { hashText, partial, sweep } from './files.mjs';

/**
 * Compiles C++ files of a folder, some at a time, each to an object that is kept by the hash of all that decides what is in it: a file is compiled again
 * when it changes, or a header that it includes, or its flags, or the compiler.
 * @param files [path in `folder`, its flags] of each.
 * @param seed Whatever else decides: the compiler's name and version, headers of others.
 * @param run Runs the compiler with arguments; its failure is an error with `output`.
 * @returns The objects by file, and the error of each file that does not compile.
 */
export async function compileAll(files, { folder, objects, seed, run }) {
  mkdirSync(objects, { recursive: true });
  sweep(objects);
  const kept = new Map(
    files.map(([file, flags]) => [file, join(objects, `${file.replaceAll('/', '-')}-${keyOf(folder, file, [seed, flags])}.o`)]),
  );
  const names = new Set([...kept.values()]);
  for (const name of readdirSync(objects)) if (name.endsWith('.o') && !names.has(join(objects, name))) rmSync(join(objects, name));
  const failed = new Map();
  const waiting = files.filter(([file]) => !existsSync(kept.get(file)));
  const lane = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [file, flags] = next;
      const object = partial(kept.get(file));
      try {
        await run([...flags, '-c', join(folder, file), '-o', object]);
        renameSync(object, kept.get(file));
      } catch (error) {
        rmSync(object, { force: true });
        if (error.output === undefined) throw error;
        failed.set(file, error);
      }
    }
  };
  const lanes = Array.from({ length: Math.min(4, availableParallelism()) }, lane);
  // All have ended before a failure is told: nothing is written afterwards.
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
  return { objects: new Map([...kept].filter(([file]) => !failed.has(file))), failed };
}

/** Links objects into a module; who has the old one loaded keeps it. */
export async function link(module, { objects, flags, run }) {
  const linked = partial(module);
  try {
    await run(['-shared', ...objects, ...flags, '-o', linked]);
    renameSync(linked, module);
  } finally {
    rmSync(linked, { force: true });
  }
}

/** What an object is made of, as a name. */
const keyOf = (folder, file, rest) =>
  hashText(JSON.stringify([...[...included(folder, file)].map(path => [path, readFileSync(join(folder, path), 'utf8')]), ...rest])).slice(
    0,
    24,
  );

/** A file, and those of its folder that it includes, and they include. */
function included(folder, file, found = new Set()) {
  if (found.has(file) || !existsSync(join(folder, file))) return found;
  found.add(file);
  for (const [, name] of readFileSync(join(folder, file), 'utf8').matchAll(/^\s*#\s*include\s*"([^"]+)"/gm))
    included(folder, normalize(join(dirname(file), name)), found);
  return found;
}
