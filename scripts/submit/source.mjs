// A reading of TypeScript that is good enough for advice: no compiler is loaded, and nothing is refused because of it.

// One pass over all of them: what looks like a comment inside a string is none, and the other way round.
const textual = /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** Source with comments and the text of strings blanked; what a template's `${}` holds stays. */
export function bare(source) {
  const inTemplate = template => [...template.matchAll(/\$\{([^}]*)\}/g)].map(match => ` ${match[1]} `).join('');
  return source.replace(textual, text => (text[0] === '`' ? inTemplate(text) : text[0] === '/' ? ' ' : "''"));
}

const declaration =
  /^(?:export\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\s*\*?|class|interface|type|enum|const|let|var)\s+([A-Za-z_$][\w$]*)/gm;
const pattern = /^(?:const|let|var)\s*[{[]([^=]*)[}\]]\s*(?::[^=]*)?=/gm;
const imports = /^import\s+(?:type\s+)?(?:([A-Za-z_$][\w$]*)\s*,?\s*)?(?:\*\s+as\s+([A-Za-z_$][\w$]*)|\{([^}]*)\})?/gm;

const listed = list => (list ?? '').split(',').map(item => /([A-Za-z_$][\w$]*)\s*$/.exec(item)?.[1]);

/** Names that a cell declares for the cells after it. */
export function declared(source) {
  const text = bare(source);
  const names = [
    ...[...text.matchAll(declaration)].map(match => match[1]),
    ...[...text.matchAll(pattern)].flatMap(match => listed(match[1])),
    ...[...text.matchAll(imports)].flatMap(match => [match[1], match[2], ...listed(match[3])]),
  ];
  return new Set(names.filter(Boolean));
}

/** Whether a cell uses a name, other than as a property. */
export const uses = (source, name) => new RegExp(`(?<![.\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])(?!\\s*:(?!:))`).test(bare(source));

/** Names under which a cell hands something in. */
export const delivered = source =>
  [...source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').matchAll(/\bdeliver(?:<[^()]*>)?\(\s*(['"`])([\w-]+)\1/g)].map(
    match => match[2],
  );
