import { type McuReporter, setMcuReporter } from '../deploy/mcu/report.ts';
import { kernelHost } from '../tensor/host.ts';
import { type Progress, progress } from './progress.ts';

/** What takes less is over before one has looked. */
const patience = 1000;

/** Bars for what takes more than a second to be built for a microcontroller, or to run there. */
export function mcuBars(): McuReporter {
  const begun = performance.now();
  let bar: Progress | undefined;
  let shown = '';
  const show = (label: string, [done, total]: readonly [number, number]): void => {
    if (performance.now() - begun < patience) return;
    if (label !== shown) {
      bar?.end();
      bar = progress(total, { label });
      shown = label;
    }
    bar?.set(done);
  };
  return {
    building: (...counts) => show('Compiling', counts),
    running: (...counts) => show('Running', counts),
    end: () => bar?.end(),
  };
}

// Importing the library is enough for a notebook to show them.
setMcuReporter(() => (kernelHost() ? mcuBars() : {}));
