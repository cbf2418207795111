#!/usr/bin/env node
import './setup/node-version.mjs';
import { createContext } from './setup/context.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';

const help = `npm run setup: prepares everything that TinyLab needs, inside the project and the user's cache.

It is safe to run again, to stop with Ctrl-C and to go on: each step is stamped when it is done.
npm start and npm test do the same first, so that on a fresh clone either works alone.

  XDG_CACHE_HOME=/path          where TensorFlow's libraries are kept (default ~/.cache)
  TINYLAB_SYSTEM_PACKAGES=no    as root: do not install system packages with apt-get`;

if (process.argv.includes('--help')) {
  console.log(help);
} else {
  try {
    await setUp(createContext({ signal: stopSignal(), explicit: true }));
    console.log('TinyLab is set up. Next: npm start');
  } catch (error) {
    process.exitCode = explain(error);
  }
}
