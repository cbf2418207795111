#!/usr/bin/env node
import './setup/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createContext, projectEnv } from './setup/context.mjs';
import { explain, setUp } from './setup/set-up.mjs';
import { stopSignal } from './setup/signals.mjs';

// npm test in a student's copy: sets up if needed, then checks every notebook.
try {
  const context = createContext({ signal: stopSignal() });
  if (!process.argv.includes('--help')) await setUp(context);
  const program = join(context.root, 'scripts/check/main.ts');
  const { status } = spawnSync(context.node24, [program, ...process.argv.slice(2)], { stdio: 'inherit', env: projectEnv(context) });
  process.exitCode = status ?? 130;
} catch (error) {
  process.exitCode = explain(error);
}
