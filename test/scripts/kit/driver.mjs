// Runs set-up, or some of its steps, as a program of its own: node driver.mjs '{"root", "env", "steps", "wheels", "unpackedBytes"}'.
import { createContext } from '../../../scripts/setup/context.mjs';
import { explain, setUp } from '../../../scripts/setup/set-up.mjs';
import { stopSignal } from '../../../scripts/setup/signals.mjs';
import { steps as all } from '../../../scripts/setup/steps.mjs';

const { steps, ...options } = JSON.parse(process.argv[2]);
const chosen = all.filter(step => steps.includes(step.name));
try {
  await setUp(createContext({ signal: stopSignal(), ...options }), { steps: chosen });
  console.error('DONE');
} catch (error) {
  process.exitCode = explain(error);
}
