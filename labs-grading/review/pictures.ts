import type { ReadCell } from '../../scripts/notebook/reader.mjs';

/** Most base64 characters of one picture, of all pictures of an answer, and most pictures. */
const [mostOfOne, mostOfAll, mostPictures] = [4 * 2 ** 20, 16 * 2 ** 20, 50];

/** Text as notebooks write it: whole or in pieces. Read by hand, so that it ends at the first wrong piece of a million. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.every(part => typeof part === 'string') ? value.join('') : undefined;
}

/** The base64 text of a picture without its line breaks; undefined for what is too long or no base64. */
export function base64Of(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2 * mostOfOne) return undefined;
  const packed = text.replace(/\s+/g, '');
  return packed.length <= mostOfOne && /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? packed : undefined;
}

/** What the bytes of each kind begin with, in base64. */
const beginnings: readonly (readonly [type: string, beginning: string])[] = [
  ['image/png', 'iVBORw0KGgo'],
  ['image/jpeg', '/9j/'],
];

/** The `data:` address of a PNG or JPEG picture from its base64 text; undefined for anything else, whatever it says that it is. */
export function pictureAddress(text: string | undefined): string | undefined {
  const packed = base64Of(text);
  const [type] = beginnings.find(([, beginning]) => packed?.startsWith(beginning)) ?? [];
  return type === undefined ? undefined : `data:${type};base64,${packed}`;
}

/** The pictures that cells carry as attachments, as `data:` addresses by their names. */
export function attachedPictures(cells: readonly Pick<ReadCell, 'attachments'>[]): Map<string, string> {
  const pictures = new Map<string, string>();
  let room = mostOfAll;
  for (const { attachments } of cells)
    for (const [name, bundle] of entries(attachments)) {
      const found = entries(bundle).map(([, value]) => pictureAddress(textOf(value)));
      const address = found.find(one => one !== undefined);
      if (address === undefined || address.length > room || pictures.size >= mostPictures) continue;
      room -= address.length;
      pictures.set(name, address);
    }
  return pictures;
}

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).slice(0, mostPictures) : [];
