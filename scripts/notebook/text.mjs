const starts = (bytes, ...values) => values.every((value, i) => bytes[i] === value);

/** Files that people hand in by mistake, by how they begin. */
const mistaken = [
  ['PK', 'it is a zip archive, or a document that is one, with another ending'],
  ['\u001f\u008b', 'it is a gzip archive'],
  ['%PDF', 'it is a PDF'],
  ['version https://git-lfs', 'it is a pointer of Git LFS, not the file: fetch it with git lfs pull'],
  ['<', 'it is a web page (HTML), not the notebook itself: download the file as it is'],
];

/**
 * Text of a notebook's bytes, in whatever encoding an editor saved it: UTF-8, UTF-16 or UTF-32 with and without a byte order mark, else
 * Windows-1252. `note` says what Jupyter would not open; `wrong` why it is no text of a notebook.
 */
export function textOf(bytes) {
  if (bytes.length === 0) return { wrong: 'the file is empty' };
  const encoding = encodingOf(bytes);
  if (encoding !== undefined) return { text: decoded(bytes, encoding), note: noteOn(encoding) };
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart();
  const other = mistaken.find(([start]) => head.startsWith(start));
  if (other) return { wrong: other[1] };
  if (head === '' && bytes.every(byte => byte <= 0x20)) return { wrong: 'the file is empty' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { text: decoded(bytes, 'windows-1252'), note: noteOn('windows-1252') };
  }
}

const noteOn = encoding =>
  encoding === 'utf-8'
    ? 'the file begins with a byte order mark, which Jupyter does not open; it is read without it'
    : `the file is saved as ${encoding.toUpperCase()}, not UTF-8, which Jupyter does not open; it is read as it is`;

/** The encoding that a byte order mark or the zeros beside the first letters tell; undefined for plain text. */
function encodingOf(bytes) {
  if (starts(bytes, 0xff, 0xfe, 0, 0)) return 'utf-32le';
  if (starts(bytes, 0, 0, 0xfe, 0xff)) return 'utf-32be';
  if (starts(bytes, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (starts(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (starts(bytes, 0xfe, 0xff)) return 'utf-16be';
  const zeros = [0, 1, 2, 3].map(i => bytes[i] === 0).join();
  if (bytes.length < 4) return undefined;
  const known = {
    'false,true,false,true': 'utf-16le',
    'true,false,true,false': 'utf-16be',
    'false,true,true,true': 'utf-32le',
    'true,true,true,false': 'utf-32be',
  };
  return known[zeros];
}

function decoded(bytes, encoding) {
  if (!encoding.startsWith('utf-32')) return new TextDecoder(encoding).decode(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 4));
  const parts = [];
  for (let i = 0; i < view.byteLength; i += 4) {
    const code = view.getUint32(i, encoding === 'utf-32le');
    if (code !== 0xfeff) parts.push(code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code));
  }
  return parts.join('');
}
