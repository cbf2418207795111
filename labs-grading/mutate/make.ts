import { createHash } from 'node:crypto';
import { loadTypeScript } from '../../kernels/jupyter/compiler/tslab.ts';
import { regionsOf, withoutMarkers } from '../release/regions.ts';
import { operators } from './operators/all.ts';
import type { Edit, Node } from './operators/operator.ts';
import { type Program, programsIn, type Span } from './programs-in.ts';

/** A wrong answer that a rule made of the lab's own. */
export interface Made {
  readonly question: string;
  /** Name of the rule. */
  readonly operator: string;
  /** Source of the whole answer cell. */
  readonly answer: string;
  /** The changed lines: `- ` as the lab has them, `+ ` as they became. */
  readonly diff: string;
}

/** What a student writes: what lies between the markers, or the whole cell where it has none. */
function written(source: string): Span[] {
  const lines = source.split('\n');
  const start = (line: number): number => lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, 0);
  const spans = regionsOf(source).regions.map(({ first, last }) => ({ from: start(first + 1), to: start(last) }));
  return spans.length > 0 ? spans : [{ from: 0, to: source.length }];
}

/**
 * Every wrong answer that the rules make of one answer cell, by rule: those of each rule in an order that the seed decides, none twice.
 * They may not compile, and they may behave as the answer does.
 */
export function madeOf(question: string, source: string, seed: number): ReadonlyMap<string, readonly Made[]> {
  const regions = written(source);
  const nodes = programsIn(source, loadTypeScript()).flatMap(program => nodesIn(program, regions));
  const seen = new Set([withoutMarkers(source)]);
  const made = new Map<string, readonly Made[]>();
  for (const operator of operators) {
    const found = nodes
      .flatMap(({ node, program }) =>
        operator
          .edits(node, program.place)
          .filter(edit => !program.filled.some(({ from, to }) => edit.from < to && from < edit.to))
          .map(edit => moved(edit, program.start)),
      )
      .flatMap(edit => {
        const answer = withoutMarkers(applied(source, edit));
        if (seen.has(answer)) return [];
        seen.add(answer);
        return [{ question, operator: operator.name, answer, diff: diffOf(source, edit) }];
      });
    made.set(
      operator.name,
      found.toSorted((a, b) => drawn(seed, a).localeCompare(drawn(seed, b))),
    );
  }
  return made;
}

/** The nodes of a program that lie in a region, outermost first. */
function nodesIn(program: Program, regions: readonly Span[]): { readonly node: Node; readonly program: Program }[] {
  const { place, start: begin } = program;
  const nodes: { node: Node; program: Program }[] = [];
  const visit = (node: Node): void => {
    const start = begin + node.getStart(place.file);
    if (regions.some(({ from, to }) => start >= from && begin + node.end <= to)) nodes.push({ node, program });
    place.ts.forEachChild(node, visit);
  };
  visit(place.file);
  return nodes;
}

const moved = ({ from, to, text }: Edit, by: number): Edit => ({ from: from + by, to: to + by, text });

const applied = (source: string, { from, to, text }: Edit): string => source.slice(0, from) + text + source.slice(to);

/** Orders by lot: the same seed gives the same order. */
const drawn = (seed: number, { question, operator, answer }: Made): string =>
  createHash('sha256')
    .update(JSON.stringify([seed, question, operator, answer]))
    .digest('hex');

/** The lines that an edit touches, before and after. */
function diffOf(source: string, { from, to, text }: Edit): string {
  const first = source.lastIndexOf('\n', from - 1) + 1;
  const next = source.indexOf('\n', to);
  const last = next < 0 ? source.length : next;
  const lines = (mark: string, part: string): string[] => part.split('\n').map(line => `${mark} ${line.trimEnd()}`);
  return [...lines('-', source.slice(first, last)), ...lines('+', source.slice(first, from) + text + source.slice(to, last))].join('\n');
}
