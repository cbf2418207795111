import { existsSync, readdirSync } from 'node:fs';
import { systemPath } from '../setup/context.mjs';
import { freeBytes, megabytes } from '../setup/fault.mjs';
import { which } from '../setup/files.mjs';
import { browser, compiler, installCommand } from '../setup/system.mjs';
import { wheels } from '../setup/wheels.mjs';
import { firstLine, ok, wrong } from './finding.mjs';

const spaceMegabytes = 500;

/** What the machine brings: platform, npm, compiler, browser, and the space that is left. */
export const machine = [platform, npm, cxx, chromium, caches, disk];

async function platform(context) {
  const component = 'Platform';
  const wheel = wheels[context.platform];
  if (wheel?.tested) return ok(component, context.platform);
  if (wheel) return { ...ok(component, context.platform), state: 'untested', todo: 'nobody has run TinyLab here yet; tell us how it goes' };
  return wrong(component, { version: context.platform, todo: 'use Linux or macOS; on Windows, WSL2: wsl --install' });
}

async function npm(context) {
  const path = which(['npm'], systemPath(context));
  if (!path) return wrong('npm', { todo: installCommand(['npm'], context) });
  return ok('npm', await firstLine(context, path, ['--version']));
}

async function cxx(context) {
  const path = compiler(context);
  if (!path) return wrong('Compiler', { todo: installCommand(['g++'], context) });
  return ok('Compiler', await firstLine(context, path, ['--version']));
}

async function chromium(context) {
  const path = browser(context);
  if (!path)
    return wrong('Chromium', { required: false, todo: `${installCommand(['chromium'], context)} (only the browser tests need it)` });
  const version = await firstLine(context, path, ['--version']);
  if (version) return ok('Chromium', version);
  return wrong('Chromium', { required: false, state: 'broken', version: path, todo: `${path} does not run: install another Chromium` });
}

async function caches({ cache }) {
  const names = existsSync(cache) ? readdirSync(cache).join(', ') : 'empty';
  return ok('Cache', `${cache} (${names}; safe to delete)`);
}

async function disk(context) {
  const [project, cache] = await Promise.all([freeBytes(context.root), freeBytes(context.cache)]);
  const version = `${megabytes(project)} MB free for the project, ${megabytes(cache)} MB for the cache`;
  if (megabytes(Math.min(project, cache)) >= spaceMegabytes) return ok('Disk', version);
  return wrong('Disk', { state: 'low', required: false, version, todo: 'make room, or move the cache: XDG_CACHE_HOME=/path' });
}
