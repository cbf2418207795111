// System calls that neither Node nor TensorFlow makes and that have been ways out of sandboxes. Both sides use this file, so it imports nothing.

/** Numbers by name; the calls above 424 have the same number everywhere. */
export interface SystemCalls {
  /** AUDIT_ARCH of the machine. */
  readonly machine: number;
  readonly socket: number;
  readonly clone: number;
  readonly refused: Readonly<Record<string, number>>;
}

const everywhere = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
};

/** Linux's tables: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. */
const tables: Readonly<Record<string, SystemCalls>> = {
  x64: {
    machine: 0xc000003e,
    socket: 41,
    clone: 56,
    refused: {
      ...everywhere,
      ptrace: 101,
      pivot_root: 155,
      mount: 165,
      umount2: 166,
      kexec_load: 246,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      perf_event_open: 298,
      process_vm_readv: 310,
      process_vm_writev: 311,
      kexec_file_load: 320,
      bpf: 321,
      userfaultfd: 323,
    },
  },
  arm64: {
    machine: 0xc00000b7,
    socket: 198,
    clone: 220,
    refused: {
      ...everywhere,
      umount2: 39,
      mount: 40,
      pivot_root: 41,
      kexec_load: 104,
      ptrace: 117,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      perf_event_open: 241,
      process_vm_readv: 270,
      process_vm_writev: 271,
      bpf: 280,
      userfaultfd: 282,
      kexec_file_load: 294,
    },
  },
};

/** Address families of sockets that a sandbox may make: local ones, IPv4, IPv6 and netlink, all within its own network, which leads nowhere. */
export const families: readonly number[] = [1, 2, 10, 16];

/** Address family of sockets to the machine's host: they are outside every network namespace. */
export const vsock = 40;

/** Flags of `clone` that make a namespace (CLONE_NEW…). */
export const namespaceFlags = 0x7e02_0000;

/** The calls of this kind of machine, or undefined where nobody has looked them up. */
export function systemCalls(architecture: string): SystemCalls | undefined {
  return tables[architecture];
}
