// A reading of TypeScript that is good enough for advice and for finding an answer: no compiler is loaded, and every pass takes a time that
// grows with the text alone, since the text may be anybody's.

/** Source with comments and the text of strings blanked; what a template's `${}` holds stays. */
export function bare(source) {
  let out = '';
  for (let i = 0; i < source.length; ) {
    const two = source.slice(i, i + 2);
    const one = source[i];
    if (two === '//') i = endOf(source, '\n', i);
    else if (two === '/*') {
      i = Math.min(source.length, endOf(source, '*/', i + 2) + 2);
      out += ' ';
    } else if (one === "'" || one === '"') {
      i = afterString(source, i);
      out += "''";
    } else if (one === '`') {
      const [inside, next] = template(source, i);
      out += inside;
      i = next;
    } else {
      out += one;
      i++;
    }
  }
  return out;
}

function endOf(source, mark, from) {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at;
}

/** Place after a string in quotes, which ends with its line. */
function afterString(source, start) {
  let i = start + 1;
  while (i < source.length && source[i] !== source[start] && source[i] !== '\n') i += source[i] === '\\' ? 2 : 1;
  return source[i] === '\n' ? i : Math.min(source.length, i + 1);
}

/** What the `${}` of a template hold, and the place after it. */
function template(source, start) {
  let [i, depth, out] = [start + 1, 0, ' '];
  for (; i < source.length; i++) {
    const one = source[i];
    if (depth === 0 && one === '\\') i++;
    else if (depth === 0 && one === '`') return [out, i + 1];
    else if (depth === 0 && one === '$' && source[i + 1] === '{') {
      depth = 1;
      i++;
    } else if (depth > 0) {
      depth += one === '{' ? 1 : one === '}' ? -1 : 0;
      out += depth > 0 ? one : ' ';
    }
  }
  return [out, i];
}

const declaration =
  /^(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|interface|type|enum|const|let|var)\s+([A-Za-z_$][\w$]*)/gm;
const pattern = /^(?:const|let|var)\s*(?=[{[])/gm;
const imports = /^import\s+(?:type\s+)?(?:([A-Za-z_$][\w$]*)\s*,?\s*)?(?:\*\s+as\s+([A-Za-z_$][\w$]*)|\{([^}]{0,5000})\})?/gm;
const statement = /^import\s[^;'"]{0,5000}from\s*['"][^'"\n]{1,200}['"];?/gm;

const listed = list => (list ?? '').split(',').map(item => /([A-Za-z_$][\w$]*)\s*$/.exec(item)?.[1]);

const longestPattern = 2000;

/** What stands between a bracket and the one that closes it. */
function bracketed(text, start) {
  let depth = 0;
  for (let i = start; i < Math.min(text.length, start + longestPattern); i++) {
    if ('{['.includes(text[i])) depth++;
    else if ('}]'.includes(text[i]) && --depth === 0) return text.slice(start + 1, i);
  }
  return '';
}

/** Names that a cell declares for the cells after it. */
export function declared(source) {
  const text = bare(source);
  const names = [
    ...[...text.matchAll(declaration)].map(match => match[1]),
    ...[...text.matchAll(pattern)].flatMap(match => listed(bracketed(text, match.index + match[0].length))),
    ...[...text.matchAll(imports)].flatMap(match => [match[1], match[2], ...listed(match[3])]),
  ];
  return new Set(names.filter(Boolean));
}

/** The import statements of a cell, and nothing else of it. */
export const importsOf = source => [...source.matchAll(statement)].map(([text]) => text).join('\n');

/** Names that a bare text uses, other than as a property or a key. */
function used(text) {
  const names = new Set();
  for (const { 0: name, index } of text.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*/g)) if (!isKey(text, index, name.length)) names.add(name);
  return names;
}

const inner = /\b(?:function\s*\*?|class|interface|type|enum|const|let|var)\s+([A-Za-z_$][\w$]*)/g;
const arrow = /\(([^()]{0,300})\)\s{0,20}(?::[^=;()]{0,200})?=>|([A-Za-z_$][\w$]*)\s{0,20}=>/g;
const typed = /[(,]\s{0,40}(?:\.\.\.)?([A-Za-z_$][\w$]*)\??\s{0,20}:/g;
const destructured = /\b(?:const|let|var)\s*(?=[{[])/g;

/** Names that a cell takes from elsewhere: what it uses without being, anywhere in it, a variable or a parameter of its own. */
export function freeNames(source) {
  const text = bare(source);
  const local = new Set([
    ...[...text.matchAll(inner)].map(match => match[1]),
    ...[...text.matchAll(typed)].map(match => match[1]),
    ...[...text.matchAll(arrow)].flatMap(match => (match[1] ?? match[2]).match(/[A-Za-z_$][\w$]*/g) ?? []),
    ...[...text.matchAll(destructured)].flatMap(match => listed(bracketed(text, match.index + match[0].length))),
  ]);
  return new Set([...used(text)].filter(name => !local.has(name)));
}

/** Whether a name is a key or a parameter with its type: a colon follows, and no question mark of a choice stands before. */
function isKey(text, at, length) {
  const after = /^\s{0,20}(:?)/.exec(text.slice(at + length, at + length + 22))?.[1];
  return after === ':' && /(?:^|[{,(\n])\s{0,40}$/.test(text.slice(Math.max(0, at - 42), at));
}

/** Names under which a cell hands something in. */
export const delivered = source =>
  [...source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(/\bdeliver(?:<[^()]*>)?\(\s*(['"`])([\w-]+)\1/g)].map(
    match => match[2],
  );

/** Questions that a cell checks. */
export const checked = source => [...source.matchAll(/\bcheck\s*\(\s*(['"`])([\w-]{1,100})\1/g)].map(match => match[2]);

/** Whether a cell's first work is a check: the grader asks for itself. */
export const isCheckText = source => /^[ \t]*(await\s+)?check(All)?[ \t]*\(/m.test(source);

const showing = /^\s*(?:await\s+)?(?:plot\s*\.\s*\w+|facets|table|reveal|show)\s*(?=\()/;

/** Whether a cell is one call that shows something, such as `plot.bar(…)`: it gives no name to any other cell. */
export function isShown(source) {
  const text = bare(source);
  const call = showing.exec(text);
  if (!call) return false;
  let depth = 0;
  for (let i = call[0].length; i < text.length; i++) {
    if ('([{'.includes(text[i])) depth++;
    else if (')]}'.includes(text[i]) && --depth === 0) return /^\s*;?\s*$/.test(text.slice(i + 1));
  }
  return false;
}

/** The line that stands where an answer belongs; see what the release writes. */
const stub = /throw new Error\(\s*(['"`])Not answered yet\.\1\s*\)|^[ \t]*YOUR ANSWER HERE[ \t]*$/m;

/** Whether nobody has answered in a cell. */
export const isStub = source => source.trim() === '' || stub.test(source);
