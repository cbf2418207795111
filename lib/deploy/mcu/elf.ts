import { LabError } from '../../tensor/errors.ts';

/** A function of a program for a microcontroller. */
export interface ElfFunction {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

/** What a linked program takes on the device. */
export interface ElfFacts {
  /** Bytes of code and constants, in flash. */
  readonly text: number;
  /** Bytes of variables with values: in SRAM, and their values in flash. */
  readonly data: number;
  /** Bytes of variables that begin as 0, the arena among them, in SRAM. */
  readonly bss: number;
  /** By address. */
  readonly functions: readonly ElfFunction[];
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

const symbolTable = 2;
const noBits = 8;
const [write, allocated] = [1, 2];
const functionType = 2;

/**
 * Reads sizes and functions of a 32-bit little-endian ELF file. The space that the linker keeps for the stack, `.stack`, counts nowhere.
 * @throws LabError `mcu/elf` for bytes that are none.
 */
export function readElf(bytes: Uint8Array): ElfFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0101) throw new RangeError();
    const sections = sectionsOf(view);
    const size = (wanted: (section: Section) => boolean): number =>
      sections
        .filter(section => section.flags & allocated && section.name !== '.stack' && wanted(section))
        .reduce((sum, section) => sum + section.size, 0);
    return {
      text: size(({ flags }) => !(flags & write)),
      data: size(({ flags, type }) => Boolean(flags & write) && type !== noBits),
      bss: size(({ flags, type }) => Boolean(flags & write) && type === noBits),
      functions: sections.filter(({ type }) => type === symbolTable).flatMap(table => functionsOf(view, table, sections)),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LabError('mcu/elf', `These ${bytes.length} bytes are no 32-bit little-endian ELF file.`, 'Build the network again.');
  }
}

function sectionsOf(view: DataView): Section[] {
  const [start, size, count, names] = [
    view.getUint32(32, true),
    view.getUint16(46, true),
    view.getUint16(48, true),
    view.getUint16(50, true),
  ];
  const bare = Array.from({ length: count }, (_, i) => {
    const word = (n: number): number => view.getUint32(start + i * size + n * 4, true);
    return { nameAt: word(0), type: word(1), flags: word(2), offset: word(4), size: word(5), link: word(6) };
  });
  const strings = bare[names]?.offset ?? 0;
  return bare.map(({ nameAt, ...section }) => ({ ...section, name: textAt(view, strings + nameAt) }));
}

function functionsOf(view: DataView, table: Section, sections: readonly Section[]): ElfFunction[] {
  const strings = sections[table.link]?.offset ?? 0;
  const all = Array.from({ length: Math.floor(table.size / 16) }, (_, i) => {
    const at = table.offset + i * 16;
    const name = textAt(view, strings + view.getUint32(at, true));
    // the lowest bit of an address says that the code is Thumb
    return { name, type: view.getUint8(at + 12) & 15, address: view.getUint32(at + 4, true) & ~1, bytes: view.getUint32(at + 8, true) };
  });
  return all
    .filter(({ type }) => type === functionType)
    .map(({ name, address, bytes }) => ({ name, address, bytes }))
    .sort((a, b) => a.address - b.address);
}

function textAt(view: DataView, start: number): string {
  let end = start;
  while (view.getUint8(end) !== 0) end++;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, end - start));
}
