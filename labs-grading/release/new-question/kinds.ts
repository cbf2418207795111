/** What a new question of some kind puts into each file of a lab. */
export interface NewQuestion {
  /** Cells of lab.ts. */
  readonly cells: string;
  /** An element of the list of questions in checks.ts. */
  readonly question?: string;
  /** An element of the list in mutants.ts. */
  readonly mutant?: string;
  /** An element of the list in styles.ts. */
  readonly style?: string;
  /** The entry of rubric.json. */
  readonly rubric?: object;
  /** What lab.ts and checks.ts import from the library for it. */
  readonly imports: { readonly lab: readonly string[]; readonly checks: readonly string[] };
}

export interface AboutQuestion {
  readonly id: string;
  /** Name of the function or value that the student writes. */
  readonly name: string;
  /** Number of its section. */
  readonly number: number;
}

const points = 4;
const title = (id: string): string => id.replaceAll('-', ' ').replace(/^./, first => first.toUpperCase());

const heading = ({ number }: AboutQuestion, ...text: readonly string[]): string =>
  ['// %% [markdown]', `// ## ${number} · {{title}} ({{points}})`, '//', ...text.map(line => (line === '' ? '//' : `// ${line}`))].join(
    '\n',
  );

const asked = ({ id }: AboutQuestion, uses: string, body: readonly string[]): string =>
  [
    `question('${id}', { title: '${title(id)}', points: ${points}, uses: ['${uses}'] }, async q => {`,
    ...body.map(line => `  ${line}`),
    '}),',
  ].join('\n');

function functionQuestion(about: AboutQuestion): NewQuestion {
  const { id, name } = about;
  const answer = (body: string): string => `function ${name}(x: NDArray): NDArray {\\n  ${body}\\n}`;
  return {
    cells: `${heading(about, `**Write** \`${name}(x)\`: every element of \`x\`, and one more.`, '', `**Example.** \`${name}(array([2], [1, 5]))\` holds 2 and 6.`)}

// %% answer="${id}"
function ${name}(x: NDArray): NDArray {
  // ### BEGIN SOLUTION
  return array(x.shape, Float32Array.from(x.data, value => value + 1));
  // ### END SOLUTION
}

// %% check="${id}"`,
    question: asked(about, name, [
      'for (const x of q.cases(5, rng => normal(rng, [rng.int(1, 4), rng.int(2, 5)]))) {',
      '  const right = array(x.shape, [...x.data].map(value => 1 + value));',
      `  q.equal(await q.call('${name}', x), right, { known: [[x, 'You returned the input itself.']] });`,
      '}',
    ]),
    mutant: `{ question: '${id}', name: 'returns the input', answer: '${answer('return x;')}', hint: 'You returned the input itself.' },`,
    style: `{ question: '${id}', name: 'a loop', answer: '${answer('const y = array(x.shape, Float32Array.from(x.data)); for (let i = 0; i < y.data.length; i++) y.data[i]! += 1; return y;')}' },`,
    imports: { lab: ['array', 'type NDArray'], checks: ['array', 'normal', 'question'] },
  };
}

function deliverableQuestion(about: AboutQuestion): NewQuestion {
  const { id, name } = about;
  const answer = (values: string): string => `const ${name} = await deliver('${id}', () => array([3], [${values}]));`;
  return {
    cells: `${heading(about, `**Hand in** as \`${id}\`: the first three square numbers.`)}

// %% answer="${id}"
const ${name} = await deliver('${id}', () => {
  // ### BEGIN SOLUTION
  return array([3], [1, 4, 9]);
  // ### END SOLUTION
});

// %% check="${id}"`,
    question: asked(about, name, [
      `q.equal(await q.deliverable('${id}'), array([3], [1, 4, 9]), { known: [[array([3], [1, 2, 3]), 'Those are the numbers: square them.']] });`,
    ]),
    mutant: `{ question: '${id}', name: 'not squared', answer: "${answer('1, 2, 3')}", hint: 'square them' },`,
    style: `{ question: '${id}', name: 'one expression', answer: "const ${name} = await deliver('${id}', () => array([3], [1, 2, 3].map(x => x ** 2)));" },`,
    imports: { lab: ['array', 'deliver'], checks: ['array', 'question'] },
  };
}

function choiceQuestion(about: AboutQuestion): NewQuestion {
  const { id, name } = about;
  return {
    cells: `${heading(about, `**Answer** in \`${name}\`: how many values do 4 bits have?`, '', '- **a** 4', '- **b** 16', '- **c** 8')}

// %% answer="${id}"
// ### BEGIN SOLUTION
const ${name} = 'b';
// ### END SOLUTION

// %% check="${id}"`,
    question: asked(about, name, [
      `await q.choice('${name}', 'b', { a: 'That is how many bits there are.', c: 'Each bit doubles the values: 2 · 2 · 2 · 2.' });`,
    ]),
    mutant: `{ question: '${id}', name: 'counts the bits', answer: "const ${name} = 'a';", hint: 'how many bits' },`,
    imports: { lab: [], checks: ['question'] },
  };
}

function proseQuestion(about: AboutQuestion): NewQuestion {
  const { id } = about;
  return {
    cells: `${heading(about, '**Explain** in two or three sentences. People read your answer.').replace('{{title}}', title(id))}

// %% [markdown] points=${points} written="${id}"
// What a good answer says; students do not see it.`,
    rubric: { mode: 'add', items: [{ id: 'says', points, text: 'Says what a good answer says' }], comments: [] },
    imports: { lab: [], checks: [] },
  };
}

/** How each kind of question begins: one that passes the gate, to be changed into another. */
export const questionKinds = {
  function: functionQuestion,
  deliverable: deliverableQuestion,
  choice: choiceQuestion,
  prose: proseQuestion,
} as const satisfies Record<string, (about: AboutQuestion) => NewQuestion>;

export type QuestionKind = keyof typeof questionKinds;
