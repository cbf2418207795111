import { createRequire } from 'node:module';
import './environment.ts';
import { LabError } from './errors.ts';
import { quietly } from './quietly.ts';

const key = Symbol.for('tinylab.instance');
const instances = globalThis as { [key]?: string };
const other = instances[key];

if (other !== undefined && other !== import.meta.url) {
  throw new LabError(
    'tensor/two-instances',
    `TinyLab is loaded twice in one process: from ${other} and from ${import.meta.url}.`,
    "Import it by one name only: import { … } from 'tinylab'.",
  );
}
instances[key] = import.meta.url;

// The first load happens here, where TensorFlow's start-up notices can be kept off the terminal and a failure can say what to do.
try {
  quietly(() => createRequire(import.meta.url)('@tensorflow/tfjs-node'));
} catch (cause) {
  throw new LabError(
    'tensor/load',
    `TensorFlow could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Run "npm run setup" in the project folder, then "npx tinylab doctor".',
  );
}
