import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectEnv } from '../setup/context.mjs';
import { writeAtomic } from '../setup/files.mjs';

/** Where Jupyter keeps what it writes: all of it below .tinylab, nothing in the user's home. */
const folders = {
  JUPYTER_CONFIG_DIR: 'config',
  JUPYTER_DATA_DIR: 'data',
  JUPYTER_RUNTIME_DIR: 'runtime',
  JUPYTERLAB_SETTINGS_DIR: 'settings',
  JUPYTERLAB_WORKSPACES_DIR: 'workspaces',
  IPYTHONDIR: 'ipython',
};

/** The environment of a Jupyter server that sees this project's kernel and extension, and none of the user's or the machine's. */
export function jupyterEnv(context) {
  const base = join(context.root, '.tinylab/jupyter');
  const places = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, join(base, folder)]));
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  writeSettings(places.JUPYTER_CONFIG_DIR);
  const { JUPYTER_PATH, JUPYTER_CONFIG_PATH, JUPYTERLAB_DIR, ...env } = projectEnv(context);
  return { ...env, ...places, JUPYTER_PREFER_ENV_PATH: '1', JUPYTER_PLATFORM_DIRS: '1', VIRTUAL_ENV: context.python };
}

/** One kernel to choose from, no question about news at the first start, no kernel without an owner after the browser is closed. */
function writeSettings(folder) {
  const server = {
    KernelSpecManager: { allowed_kernelspecs: ['tinylab'], ensure_native_kernel: false },
    MultiKernelManager: { default_kernel_name: 'tinylab' },
    LabApp: { extension_manager: 'readonly' },
  };
  const page = { disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } };
  mkdirSync(join(folder, 'labconfig'), { recursive: true });
  writeAtomic(join(folder, 'jupyter_server_config.json'), `${JSON.stringify(server, null, 2)}\n`);
  writeAtomic(join(folder, 'labconfig/page_config.json'), `${JSON.stringify(page, null, 2)}\n`);
}
