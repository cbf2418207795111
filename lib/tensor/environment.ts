import util from 'node:util';
import { LabError } from './errors.ts';

// tfjs-node calls util.isNullOrUndefined and util.isArray: Node 23 removed the first, older versions warn, so both are replaced.
Object.assign(util, {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  isArray: Array.isArray,
});

const { env } = process;

// 2 hides notes and warnings about the machine; errors still show.
env.TF_CPP_MIN_LOG_LEVEL ??= '2';
env.TF_ENABLE_ONEDNN_OPTS ??= '1';

if (env.TINYLAB_THREADS !== undefined) {
  const threads = Number(env.TINYLAB_THREADS);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new LabError(
      'tensor/threads',
      `TINYLAB_THREADS must be a whole number of at least 1; got "${env.TINYLAB_THREADS}".`,
      'Unset it to use every core.',
    );
  }
  env.TF_NUM_INTRAOP_THREADS = String(threads);
  env.TF_NUM_INTEROP_THREADS = String(threads);
}
