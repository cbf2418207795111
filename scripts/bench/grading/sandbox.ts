import { Converter } from '../../../labs-grading/run/converter.ts';
import { openKit } from '../../../labs-grading/run/kit.ts';
import { SandboxAhead } from '../../../labs-grading/run/prepared-sandbox.ts';
import { probedSandbox } from '../../../labs-grading/run/probe.ts';

/** How long a student waits for a sandbox: a cold one with TensorFlow, and one that stands ready. Milliseconds. */
export interface SandboxTimes {
  readonly coldMs: number[];
  readonly firstReplyMs: number[];
  /** Converting and running the first cell, which imports the library. */
  readonly firstCellMs: number[];
  /** CPU of preparing a sandbox and ending it. */
  readonly fixedCpuMs: number[];
}

const firstCell = "import { tf } from 'tinylab';\nconst sum = tf.add(1, 2).dataSync()[0];";

export async function sandboxTimes(rounds: number): Promise<SandboxTimes> {
  // Every command that grades asks for the probes; their answer is kept, so that the first one does not pay for them.
  if (!(await probedSandbox()).ok) throw new Error('There is no safe sandbox on this machine: npx tinylab doctor says more.');
  const kit = openKit();
  const ahead = new SandboxAhead(kit);
  const converter = new Converter(kit);
  // The converter is warm in a run: each round's cell is new to it, the library's types are not.
  await converter.convert('', firstCell);
  const times: SandboxTimes = { coldMs: [], firstReplyMs: [], firstCellMs: [], fixedCpuMs: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const cold = performance.now();
      const { sandbox } = await ahead.take();
      times.coldMs.push(performance.now() - cold);
      const ready = performance.now();
      await sandbox.ask({ op: 'ready', full: false, withheld: [] }, 60_000);
      times.firstReplyMs.push(performance.now() - ready);
      times.fixedCpuMs.push(sandbox.cpuMs());
      const cell = performance.now();
      const source = `${firstCell}\nconst round = ${round};`;
      const conversion = await converter.convert('', source);
      await sandbox.ask({ op: 'run', cell: conversion, name: 'cell[1]', source }, 60_000);
      times.firstCellMs.push(performance.now() - cell);
      await sandbox.close();
    }
  } finally {
    await Promise.all([ahead.close(), converter.close()]);
  }
  return times;
}
