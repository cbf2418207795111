import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';

export const root: string = resolve(import.meta.dirname, '../..');
/** Python of the project's environment. */
export const python: string = join(root, '.tinylab/python');
const token = 'browser-test';

/** A JupyterLab server on a throw-away folder inside the project, so that notebooks in it find the library. */
export interface LabServer {
  readonly url: string;
  readonly folder: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** What goes into the folder: files by path (an object is written as JSON), and copies of the project's own files and folders. */
export interface LabFiles {
  readonly files?: Readonly<Record<string, string | object>>;
  readonly copies?: Readonly<Record<string, string>>;
}

/** Starts JupyterLab of the project's environment with settings, history and runtime files of its own. */
export async function startLab({ files = {}, copies = {} }: LabFiles): Promise<LabServer> {
  mkdirSync(join(root, '.tinylab/browser'), { recursive: true });
  const base = mkdtempSync(join(root, '.tinylab/browser/lab-'));
  const folder = join(base, 'work');
  for (const [to, from] of Object.entries(copies)) cpSync(join(root, from), join(folder, to), { recursive: true });
  for (const [path, content] of Object.entries({ ...files, ...always })) {
    const target = path.startsWith('settings/') ? join(base, path) : join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, typeof content === 'string' ? content : JSON.stringify(content));
  }
  const [server, log] = spawnServer(base, folder);
  const stop = async (): Promise<void> => {
    await end(server);
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await portOf(join(base, 'runtime'), server);
    return { url: `http://127.0.0.1:${port}`, folder, log, stop };
  } catch (error) {
    await stop();
    throw new Error(`JupyterLab did not start: ${(error as Error).message}\n${log()}`);
  }
}

/** Nothing asks the network for news, and no notebook is saved behind the test's back. */
const always: Readonly<Record<string, object>> = {
  'package.json': { type: 'module' }, // as in the project's root
  'settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings': { fetchNews: 'false', checkForUpdates: false },
  'settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings': { autosave: false },
};

function spawnServer(base: string, folder: string): [ChildProcess, () => string] {
  const here = (name: string): string => join(base, name);
  const env = {
    ...process.env,
    HOME: base,
    PATH: `${join(python, 'bin')}${delimiter}${process.env.PATH}`,
    JUPYTER_CONFIG_DIR: here('config'),
    JUPYTER_DATA_DIR: here('data'),
    JUPYTER_RUNTIME_DIR: here('runtime'),
    JUPYTERLAB_SETTINGS_DIR: here('settings'),
    JUPYTERLAB_WORKSPACES_DIR: here('workspaces'),
  };
  const options = [
    '--no-browser',
    '--allow-root',
    '--ip=127.0.0.1',
    '--port=0',
    `--IdentityProvider.token=${token}`,
    '--expose-app-in-browser',
  ];
  const args = ['-m', 'jupyterlab', ...options, `--ServerApp.root_dir=${folder}`];
  const child = spawn(join(python, 'bin/python'), args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (log += chunk));
  return [child, () => log];
}

/** The port that the server chose, from its runtime file. */
async function portOf(runtime: string, server: ChildProcess): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`exit code ${server.exitCode}`);
    try {
      const file = readdirSync(runtime).find(name => /^jpserver-\d+\.json$/.test(name));
      const { port } = JSON.parse(readFileSync(join(runtime, file ?? ''), 'utf8')) as { port: number };
      if (port && (await fetch(`http://127.0.0.1:${port}/api?token=${token}`)).ok) return port;
    } catch {}
    await sleep(100);
  }
  throw new Error('no answer within 60 s');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise(done => child.once('exit', done));
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(10_000)]);
  if (child.exitCode === null) child.kill('SIGKILL');
}

/** The system's Chromium, without a window and without talking to anyone. */
export function startBrowser(): Promise<Browser> {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const executablePath = folders.flatMap(folder => names.map(name => join(folder, name))).find(isFile);
  if (!executablePath)
    throw new Error(`No Chromium on PATH; looked for ${names.join(', ')}. Install it, for example with: apt-get install chromium`);
  const off = ['background-networking', 'component-update', 'sync', 'quic', 'gpu'].map(name => `--disable-${name}`);
  return chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--no-first-run', ...off] });
}

function isFile(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

/** Opens a notebook of the server and waits until its kernel is ready. Requests to any other machine are noted in `foreign`. */
export async function openNotebook(browser: Browser, { url }: LabServer, path: string): Promise<{ page: Page; foreign: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(180_000); // a busy machine is slow, not broken
  const foreign: string[] = [];
  page.on('request', request => {
    if (!request.url().startsWith(url) && /^(https?|wss?):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto(`${url}/lab/tree/${path}?token=${token}&reset`);
  await page.waitForFunction(() => {
    const status = (globalThis as unknown as AppWindow).jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status;
    return status === 'idle';
  });
  return { page, foreign };
}

/** Restarts the kernel and runs every cell, as the button ⏩ does; resolves when the run has ended, with or without an error. */
export async function runAll(page: Page): Promise<void> {
  const run = page.evaluate(() => (globalThis as unknown as AppWindow).jupyterapp.commands.execute('notebook:restart-run-all'));
  await page.click('.jp-Dialog .jp-mod-accept');
  await run;
}

/** Starts the same without waiting for its end. */
export async function startRun(page: Page): Promise<{ readonly ended: Promise<void>; readonly running: () => boolean }> {
  let running = true;
  const ended = runAll(page).finally(() => {
    running = false;
  });
  await page.waitForFunction(() => !(globalThis as unknown as AppWindow).document.querySelector('.jp-Dialog'));
  return { ended, running: () => running };
}

/** The last position of the first trace of a figure of the page (-1: its last figure), as Plotly drew it; 0 when there is none. */
export function drawn(page: Page, figure: number): Promise<number> {
  return page.evaluate(index => {
    const figures = [...(globalThis as unknown as AppWindow).document.querySelectorAll('.tinylab-figure')];
    return Number(figures.at(index)?.data?.[0]?.x.at(-1) ?? 0);
  }, figure);
}

/** Looks at the figure again and again until the run ends; what it saw, each state once. */
export async function watched(page: Page, figure: number, running: () => boolean): Promise<readonly number[]> {
  const states = new Set<number>();
  while (running()) {
    states.add(await drawn(page, figure));
    await page.waitForTimeout(50);
  }
  return [...states];
}

/** Changes JupyterLab's theme, 'JupyterLab Dark' or 'JupyterLab Light'. */
export async function setTheme(page: Page, theme: string): Promise<void> {
  await page.evaluate(
    name => (globalThis as unknown as AppWindow).jupyterapp.commands.execute('apputils:change-theme', { theme: name }),
    theme,
  );
  await page.waitForFunction(name => (globalThis as unknown as AppWindow).document.body.dataset.jpThemeName === name, theme);
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
}

/** The outputs of each cell as the notebook's model holds them. */
export function outputsOf(page: Page): Promise<readonly (readonly Output[])[]> {
  return page.evaluate(() => {
    const { cells } = (globalThis as unknown as AppWindow).jupyterapp.shell.currentWidget.content.model;
    return Array.from(cells, cell => cell.outputs?.toJSON() ?? []);
  });
}

/** One output in nbformat's words. */
export interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string;
  readonly ename?: string;
  readonly evalue?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface AppWindow {
  readonly document: {
    querySelector(selector: string): object | null;
    querySelectorAll(selector: string): Iterable<{ readonly data?: readonly { readonly x: readonly unknown[] }[] }>;
    readonly body: { readonly dataset: Readonly<Record<string, string>> };
  };
  readonly jupyterapp: {
    readonly commands: { execute(id: string, args?: object): Promise<void> };
    readonly shell: {
      readonly currentWidget: {
        readonly sessionContext?: { readonly session?: { readonly kernel?: { readonly status: string } } };
        readonly content: { readonly model: { readonly cells: Iterable<{ readonly outputs?: { toJSON(): Output[] } }> } };
      };
    };
  };
}

/** Saves the notebook of the page, and has nbconvert write it as a page of its own: its path. */
export async function htmlOf(page: Page, { folder }: LabServer, path: string): Promise<string> {
  await page.evaluate(() => (globalThis as unknown as AppWindow).jupyterapp.commands.execute('docmanager:save'));
  execFileSync(join(python, 'bin/python'), ['-m', 'nbconvert', '--to', 'html', join(folder, path)], { stdio: 'pipe' });
  return join(folder, path.replace(/\.ipynb$/, '.html'));
}

/** Saves a picture of the page, or of the first element that matches, under test/artefacts. */
export async function picture(page: Page, name: string, selector?: string): Promise<void> {
  const path = join(root, 'test/artefacts', `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  if (selector) await page.locator(selector).first().screenshot({ path });
  else await page.screenshot({ path });
}

/** A notebook of code cells (strings) and Markdown cells (`{ markdown }`) for the kernel of this name. */
export function notebook(
  cells: readonly (string | { markdown: string } | { code: string; outputs: object[] })[],
  kernel = 'tinylab',
): object {
  const written = cells.map((cell, i) => {
    const shared = { id: `cell-${i}`, metadata: {} };
    if (typeof cell === 'object' && 'markdown' in cell) return { ...shared, cell_type: 'markdown', source: cell.markdown };
    const { code, outputs } = typeof cell === 'string' ? { code: cell, outputs: [] } : cell;
    return { ...shared, cell_type: 'code', execution_count: null, source: code, outputs };
  });
  const kernelspec = { name: kernel, display_name: kernel, language: kernel === 'tinylab' ? 'typescript' : 'python' };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: written };
}
