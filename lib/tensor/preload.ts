import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import './environment.ts';

// `tinylab/preload`: a program that knows it will import the library soon, such as a kernel about to check a cell's types, imports this
// first. TensorFlow's libraries are then opened by another thread, which takes as long as everything else of the import together.

new Worker(new URL(`./preload-thread${extname(import.meta.filename)}`, import.meta.url), { trackUnmanagedFds: false })
  .on('error', () => {})
  .unref();
