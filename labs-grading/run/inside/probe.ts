// Tries to break out, from inside: what each function returns is what a hostile submission would have got. `held` tells that the wall held.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { allowedCalls } from './allowed-calls.ts';
import { serve } from './port.ts';
import { systemCalls, vsock } from './syscalls.ts';

interface Finding {
  readonly held: boolean;
  readonly detail: string;
}

const found = (held: boolean, detail: unknown): Finding => ({ held, detail: String(detail).slice(0, 500) });

function status(field: string): string {
  return readFileSync('/proc/self/status', 'latin1').match(new RegExp(`^${field}:\\s*(.*)$`, 'm'))?.[1] ?? '';
}

function attempt(action: () => unknown): Finding {
  try {
    return found(false, action());
  } catch (error) {
    return found(true, (error as NodeJS.ErrnoException).code ?? error);
  }
}

function command(name: string, ...args: string[]): Finding {
  const { status: code, stderr, error } = spawnSync(name, args, { encoding: 'utf8' });
  return found(code !== 0, error?.message ?? (stderr.trim() || `exit code ${code}`));
}

function network(): Promise<Finding> {
  return new Promise(resolve => {
    const socket = connect({ host: '192.0.2.1', port: 80, timeout: 2000 });
    socket.once('error', error => resolve(found((error as NodeJS.ErrnoException).code === 'ENETUNREACH', error.message)));
    socket.once('timeout', () => resolve(found(false, 'the packets leave')));
    socket.once('connect', () => resolve(found(false, 'connected')));
  });
}

/** Starts processes until the machine refuses; `held` when that happened before 500. */
function forkBomb(): Promise<Finding> {
  return new Promise(resolve => {
    let started = 0;
    const next = (): void => {
      if (started === 500) {
        resolve(found(false, '500 processes run'));
        return;
      }
      const child = spawn('/usr/bin/sleep', ['30'], { stdio: 'ignore' });
      child.once('spawn', () => {
        started++;
        next();
      });
      child.once('error', error => resolve(found(true, `${started} processes, then ${(error as NodeJS.ErrnoException).code}`)));
    };
    next();
  });
}

/** Takes memory until it is killed; coming back at all means that nothing held. */
function memoryBomb(): Finding {
  const kept: Buffer[] = [];
  for (let i = 0; i < 256; i++) kept.push(Buffer.alloc(64 * 2 ** 20, 1));
  return found(false, `${kept.length * 64} MiB taken`);
}

function diskFill(): Finding {
  const block = Buffer.alloc(2 ** 20, 1);
  return attempt(() => {
    for (let i = 0; i < 4096; i++) writeFileSync(`/tmp/fill-${i}`, block);
    return '4 GiB written';
  });
}

/** Node's own descriptors (epoll, eventfd, its watched pipes) are fine; a file or a socket that we did not open is not. */
function openDescriptors(): Finding {
  const links = readdirSync('/proc/self/fd').map(fd => [Number(fd), linkOf(fd)] as const);
  const stray = links.filter(([fd, link]) => fd > 3 && !/^(anon_inode:|pipe:|\/dev\/null$|\/proc\/|$)/.test(link));
  return found(stray.length === 0, stray.join(' ') || 'stdio and the channel');
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Makes each refused system call, from Perl, which every Debian has: EPERM must come before the kernel looks at the arguments. */
function refusedCalls(): Finding {
  const calls = systemCalls(process.arch);
  if (!calls) return found(true, `no filter for ${process.arch}`);
  if (status('Seccomp') !== '2') return found(false, `Seccomp ${status('Seccomp')}`);
  const all = Object.entries(calls.refused).map(([name, number]) => `${name} => [${number}]`);
  const table = [...all, `vsock => [${calls.socket}, ${vsock}, 1, 0]`, `io_uring => [${calls.refused.io_uring_setup}, 1, 0]`].join(', ');
  const script = `my %c = (${table}); for (sort keys %c) { my ($n, @a) = @{$c{$_}}; my $r = syscall($n, @a, (0) x (6 - @a)); print "$_ " if $r != -1 || $! != 1 }`;
  const { stdout, error } = spawnSync('/usr/bin/perl', ['-e', script], { encoding: 'utf8' });
  return found(stdout === '' || error !== undefined, error ? 'a filter; there is no Perl to try it' : stdout || `${all.length + 1} calls`);
}

/** Makes calls that no list names, among them numbers that no kernel has given away yet: ENOSYS must come. */
function unknownCalls(): Finding {
  if (!systemCalls(process.arch)) return found(true, `no filter for ${process.arch}`);
  const known = new Set([...Object.values(allowedCalls(process.arch)), ...Object.values(systemCalls(process.arch)?.refused ?? {})]);
  const unknown = Array.from({ length: 700 }, (_, number) => number).filter(number => !known.has(number));
  const script = `for (${unknown.join(',')}) { my $r = syscall($_, (-1) x 6); print "$_ " if $r != -1 || $! != 38 }`;
  const { stdout, error } = spawnSync('/usr/bin/perl', ['-e', script], { encoding: 'utf8' });
  return found(stdout === '' || error !== undefined, error ? 'a filter; there is no Perl to try it' : stdout || `${unknown.length} calls`);
}

async function tensorflow(): Promise<Finding> {
  const { tf } = (await import('tinylab')) as unknown as { tf: { add(a: number, b: number): { dataSync(): Float32Array } } };
  return found(tf.add(19, 23).dataSync()[0] === 42, 'a sum on the native backend');
}

/** The types of Node alone do not know WebAssembly's constructors. */
function webAssembly(): Finding {
  const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (o: object) => { buffer: ArrayBuffer } } }).WebAssembly;
  const { byteLength } = new Memory({ initial: 16, maximum: 1024 }).buffer;
  return found(byteLength === 2 ** 20, `${byteLength} bytes`);
}

function hiddenFiles(): Finding {
  const secret = [
    '/lab/labs-grading/labs',
    '/lab/labs-grading/release',
    '/lab/.git',
    '/lab/test',
    '/lab/notebooks',
    '/home',
    '/root',
    '/etc/shadow',
    '/mnt',
  ];
  const seen = secret.filter(path => existsSync(path));
  return found(seen.length === 0, seen.join(' ') || 'none of them exists');
}

function environment(): Finding {
  const first = readFileSync('/proc/1/environ');
  const own = Object.keys(process.env).filter(
    name => !['HOME', 'PATH', 'TZ', 'LC_ALL', 'PWD', 'TF_CPP_MIN_LOG_LEVEL', 'TINYLAB_THREADS', 'TINYLAB_TIMES'].includes(name),
  );
  return found(first.length === 0 && own.length === 0, `${first.length} bytes at process 1; ${own.join(' ') || 'nothing strange'} here`);
}

/** What tells of the machine: which one it is, what it was started with, what else is installed on it. */
function machine(): Finding {
  const told = ['/proc/cmdline', '/proc/sys/kernel/random/boot_id', '/etc/machine-id', '/sys/class/dmi/id/product_uuid'].filter(path => {
    try {
      return readFileSync(path, 'latin1').length > 0;
    } catch {
      return false;
    }
  });
  const shown = ['/usr/local', '/usr/src'].filter(path => existsSync(path) && readdirSync(path).length > 0);
  return found(told.length + shown.length === 0, [...told, ...shown].join(' ') || 'nothing of it');
}

function strangers(): Finding {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return found(pids.length <= 3, `${pids.length} processes are visible`);
}

const probes: Readonly<Record<string, () => Finding | Promise<Finding>>> = {
  user: () =>
    found(
      process.getuid?.() === 1000 && !/^\s*0\s/.test(readFileSync('/proc/self/uid_map', 'latin1')),
      readFileSync('/proc/self/uid_map', 'latin1').trim(),
    ),
  capabilities: () => found(/^0+$/.test(status('CapEff')) && /^0+$/.test(status('CapPrm')), status('CapEff')),
  'no new privileges': () => found(status('NoNewPrivs') === '1', status('NoNewPrivs')),
  'remount refused': () => command('/usr/bin/mount', '-o', 'remount,rw,bind', '/usr'),
  'host write refused': () => attempt(() => writeFileSync('/usr/tinylab-probe', '')),
  'project write refused': () => attempt(() => writeFileSync('/lab/node_modules/tinylab-probe', '')),
  'root write refused': () => attempt(() => writeFileSync('/tinylab-probe', '')),
  'nested namespace refused': () => command('/usr/bin/unshare', '--user', '--map-root-user', '/usr/bin/true'),
  'system calls refused': refusedCalls,
  'network unreachable': network,
  'hidden files absent': hiddenFiles,
  'empty environment': environment,
  'descriptors closed': openDescriptors,
  'strangers invisible': strangers,
  'machine hidden': machine,
  'fork bomb held': forkBomb,
  'memory bomb killed': memoryBomb,
  'disk fill stopped': diskFill,
  'unknown system calls refused': unknownCalls,
  'WebAssembly works': webAssembly,
  'TensorFlow works': tensorflow,
};

serve(async request => {
  const run = probes[String(request.name)];
  if (!run) return { ok: true, value: found(false, 'no such probe') };
  return { ok: true, value: await run() };
});
