import { binding } from './steps/binding.mjs';
import { compute } from './steps/compute.mjs';
import { kernelspec } from './steps/kernelspec.mjs';
import { labextension } from './steps/labextension.mjs';
import { library } from './steps/library.mjs';
import { mcu } from './steps/mcu.mjs';
import { nodeModules } from './steps/node-modules.mjs';
import { node24 } from './steps/node24.mjs';
import { mcuPackages, optionalPackages } from './steps/optional-packages.mjs';
import { pythonPackages } from './steps/python-packages.mjs';
import { pythonVenv } from './steps/python-venv.mjs';
import { systemPackages } from './steps/system-packages.mjs';
import { tensorflow } from './steps/tensorflow.mjs';

/**
 * Every step of set-up, each after those it needs. A step is
 * { name, title, source, needs, inputs(context), outputs(context), run(context, report) → remark?, fresh?(context) }:
 * it is left out when its stamp names the same inputs and its outputs exist, or when its own `fresh` says so.
 */
export const steps = [
  systemPackages,
  nodeModules,
  node24,
  pythonVenv,
  tensorflow,
  pythonPackages,
  library,
  binding,
  compute,
  kernelspec,
  labextension,
  optionalPackages,
  mcuPackages,
  mcu,
];
