import { parseHostile } from './json.mjs';
import { limits } from './limits.mjs';
import { textOf } from './text.mjs';

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const short = value => (typeof value === 'string' && value.length <= 200 ? value : undefined);
const anomaly = (kind, about, detail) => ({ kind, about, detail });

/** Odd cells that are told of one by one. */
const maximumNoted = 20;

/**
 * The cells of a notebook as far as grading cares, from its bytes or its text: what is odd about one cell or about the file is noted, and the
 * rest is read. `wrong` says why there is no notebook in it at all.
 */
export function readNotebook(file) {
  const decoded = typeof file === 'string' ? { text: file.replace(/^\ufeff/, '') } : textOf(file);
  if (decoded.wrong) return decoded;
  if (decoded.text.trim() === '') return { wrong: 'the file is empty' };
  const parsed = parseHostile(decoded.text);
  if (parsed.wrong) return { wrong: parsed.wrong };
  const notebook = isObject(parsed.value?.content) && !('cells' in parsed.value) ? parsed.value.content : parsed.value;
  const listed = cellsIn(notebook);
  if (!listed) return { wrong: 'no notebook of format 4: it has no list of cells' };
  if (listed.length > limits.cells) return { wrong: `more than ${limits.cells} cells` };
  const anomalies = decoded.note ? [anomaly('changed', '', decoded.note)] : [];
  const { nbformat, metadata } = notebook;
  if (nbformat !== 4) anomalies.push(anomaly('changed', '', `its nbformat is ${shown(nbformat)} and not 4; what grading needs is read`));
  const odd = [];
  const cells = listed.flatMap((raw, index) => cellOf(raw, index, odd));
  if (cells.length === 0 || (odd.length > 0 && cells.every(({ source }) => source === '')))
    return { wrong: odd[0] ? `no cell can be read: ${odd[0].about}: ${odd[0].detail}` : 'it has no cells' };
  const more = odd.length - maximumNoted;
  anomalies.push(...odd.slice(0, maximumNoted));
  if (more > 0) anomalies.push(anomaly('unreadable', 'cells', `${more} more cells are odd`));
  const pin = isObject(metadata) && isObject(metadata.tinylab) ? metadata.tinylab : {};
  const [version, lab] = [pin.version, pin.lab].map(text => (typeof text === 'string' && text.length <= 100 ? text : undefined));
  return { cells, anomalies, ...(version !== undefined && { version }), ...(lab !== undefined && { lab }) };
}

/** Format 4 has the cells on top, format 3 in sheets. */
function cellsIn(notebook) {
  if (!isObject(notebook)) return undefined;
  if (Array.isArray(notebook.cells)) return notebook.cells;
  const sheets = Array.isArray(notebook.worksheets) ? notebook.worksheets.slice(0, 100) : undefined;
  return sheets?.flatMap(sheet => (Array.isArray(sheet?.cells) ? sheet.cells : []));
}

const shown = value =>
  value === undefined ? 'missing' : ['string', 'number'].includes(typeof value) ? String(value).slice(0, 20) : typeof value;

function cellOf(raw, index, odd) {
  const number = `cell ${index + 1}`;
  if (!isObject(raw)) {
    odd.push(
      anomaly(
        'unreadable',
        number,
        `it is no cell (${raw === null ? 'null' : Array.isArray(raw) ? 'a list' : `a ${typeof raw}`}) and is skipped`,
      ),
    );
    return [];
  }
  const mark = markOf(raw.metadata);
  const about = mark.gradeId ?? number;
  const text = sourceOf('source' in raw ? raw.source : raw.input);
  if (text.wrong) {
    odd.push(anomaly('unreadable', about, `${number} is skipped: its text is ${text.wrong}`));
    return [];
  }
  if (text.note) odd.push(anomaly('unreadable', about, `${number}: ${text.note}`));
  const type = typeOf(raw, mark);
  if (typeof raw.cell_type !== 'string') odd.push(anomaly('unreadable', about, `${number} says no type; it is read as ${type}`));
  return [{ index, id: short(raw.id), type, source: text.source, ...mark, outputs: raw.outputs, attachments: raw.attachments }];
}

function typeOf(raw, mark) {
  if (raw.cell_type === 'heading') return 'markdown';
  if (typeof raw.cell_type === 'string') return raw.cell_type.slice(0, 50);
  return mark.markedType ?? ('outputs' in raw || 'execution_count' in raw || 'input' in raw || mark.solution ? 'code' : 'markdown');
}

/** Read by hand: it stops at the first wrong element, where a schema would note every one of a million. */
function sourceOf(source) {
  if (typeof source === 'string') return { source };
  if (source === undefined || source === null) return { source: '', note: 'it has no text; it is read as empty' };
  if (!Array.isArray(source)) return { wrong: `a ${typeof source}` };
  let gaps = 0;
  for (const line of source) {
    if (line === null) gaps++;
    else if (typeof line !== 'string') return { wrong: `a list with a ${typeof line} in it` };
  }
  const text = source.filter(line => line !== null).join('');
  return gaps > 0 ? { source: text, note: `${gaps} of its lines are null; the others are read` } : { source: text };
}

/** nbgrader's mark; a field of another type counts as absent. */
function markOf(metadata) {
  const mark = isObject(metadata) && isObject(metadata.nbgrader) ? metadata.nbgrader : {};
  const flag = name => mark[name] === true;
  const id = short(mark.grade_id);
  return {
    gradeId: id === '' ? undefined : id,
    solution: flag('solution'),
    grade: flag('grade'),
    locked: flag('locked'),
    ...(typeof mark.checksum === 'string' && mark.checksum.length === 32 && { checksum: mark.checksum }),
    ...(typeof mark.points === 'number' && { points: mark.points }),
    ...(typeof mark.cell_type === 'string' && { markedType: mark.cell_type.slice(0, 50) }),
  };
}
