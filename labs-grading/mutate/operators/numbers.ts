import { type Edit, eachInstead, instead, mathCall, type Node, type Operator, type Place, textOf, wrapped } from './operator.ts';

/** The value of a literal number; undefined for anything else. */
const literal = (node: Node, place: Place): number | undefined =>
  place.ts.isNumericLiteral(node) ? Number(textOf(node, place).replaceAll('_', '')) : undefined;

/** Indices, bounds and whole numbers that are one too large or too small. */
export const offByOne: Operator = {
  name: 'off by one',
  edits(node, place) {
    const { ts } = place;
    const value = literal(node, place);
    if (value !== undefined && Number.isInteger(value) && Math.abs(value) < 1000)
      return eachInstead(node, value > 0 ? [`${value + 1}`, `${value - 1}`] : [`${value + 1}`], place);
    if (ts.isElementAccessExpression(node) && literal(node.argumentExpression, place) === undefined) {
      const index = textOf(node.argumentExpression, place);
      return eachInstead(node.argumentExpression, [`${index} + 1`, `${index} - 1`], place);
    }
    const bound = ts.isBinaryExpression(node) && ts.isForStatement(node.parent) && node.parent.condition === node ? node.right : undefined;
    if (bound) return eachInstead(bound, [`${textOf(bound, place)} - 1`, `${textOf(bound, place)} + 1`], place);
    const rounded = mathCall(node, place);
    if (rounded && /^(round|floor|ceil)$/.test(rounded.method))
      return eachInstead(node, [`(${textOf(node, place)} + 1)`, `(${textOf(node, place)} - 1)`], place);
    return [];
  },
};

/** Constants that were read or remembered wrongly. */
export const constantChanged: Operator = {
  name: 'constant changed',
  edits(node, place) {
    const value = literal(node, place);
    if (value === undefined) return [];
    const others = Number.isInteger(value) ? [value * 2, value * 10, 0] : [value * 10, value / 10, 1 - value];
    return eachInstead(node, [...new Set(others)].filter(other => other !== value).map(shown), place);
  },
};

/** In digits that a person would write: 0.09, not 0.09000000000000001. */
const shown = (value: number): string => (value < 0 ? `(${Number(value.toPrecision(12))})` : `${Number(value.toPrecision(12))}`);

const units = [8, 100, 1000, 1024];

/** A result in another unit, or a factor of a unit that is missing or another one. */
export const unit: Operator = {
  name: 'unit',
  edits(node, place) {
    const { ts } = place;
    const value = literal(node, place);
    if (value !== undefined && [...units, 1e6, 1e9].includes(value))
      return eachInstead(node, ['1', value === 1000 ? '1024' : '1000', value === 8 ? '4' : '100'], place);
    const result = resultOf(node, place);
    if (!result || ts.isObjectLiteralExpression(result) || ts.isArrayLiteralExpression(result)) return [];
    const text = wrapped(result, place);
    return eachInstead(
      result,
      units.flatMap(factor => [`${text} * ${factor}`, `${text} / ${factor}`]),
      place,
    );
  },
};

/** What a statement or an arrow function gives back. */
export function resultOf(node: Node, { ts }: Place): Node | undefined {
  if (ts.isReturnStatement(node)) return node.expression;
  return ts.isArrowFunction(node) && !ts.isBlock(node.body) ? node.body : undefined;
}

const roundings = ['floor', 'round', 'ceil', 'trunc'];

/** Another way to make a number whole, or none. */
export const rounding: Operator = {
  name: 'rounding',
  edits(node, place) {
    const found = mathCall(node, place);
    if (!found || !roundings.includes(found.method)) return [];
    const [argument] = found.call.arguments;
    if (!argument) return [];
    const others = roundings.filter(method => method !== found.method).map(method => `Math.${method}(${textOf(argument, place)})`);
    return eachInstead(node, [...others, wrapped(argument, place)], place);
  },
};

const kinds: Readonly<Record<string, readonly string[]>> = {
  Float32Array: ['Int32Array', 'Uint8Array', 'Int8Array'],
  Float64Array: ['Int32Array', 'Uint8Array'],
  Uint8Array: ['Int8Array', 'Float32Array'],
};

/** Whole numbers where broken ones are needed: a typed array that cuts off, a division that does. */
export const wholeNumbers: Operator = {
  name: 'whole for broken numbers',
  edits(node, place) {
    const { ts } = place;
    if (ts.isIdentifier(node) && kinds[node.text] && !ts.isTypeReferenceNode(node.parent))
      return eachInstead(node, kinds[node.text] ?? [], place);
    const divides = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.SlashToken;
    return divides ? eachInstead(node, [`Math.floor(${textOf(node, place)})`, `Math.round(${textOf(node, place)})`], place) : [];
  },
};

/** The smallest for the largest. */
export const extreme: Operator = {
  name: 'minimum for maximum',
  edits(node, place): Edit[] {
    const found = mathCall(node, place);
    if (!found || !/^(min|max)$/.test(found.method)) return [];
    const args = found.call.arguments.map(argument => textOf(argument, place)).join(', ');
    return [instead(node, `Math.${found.method === 'max' ? 'min' : 'max'}(${args})`, place)];
  },
};

/** A square, a root or an absolute value that was left out, or put where none belongs. */
export const power: Operator = {
  name: 'square, root or absolute value',
  edits(node, place) {
    const { ts } = place;
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken) {
      const base = wrapped(node.left, place);
      return eachInstead(node, [base, `2 * ${base}`, `${base} ** 3`], place);
    }
    const found = mathCall(node, place);
    const [argument] = found?.call.arguments ?? [];
    if (!found || !argument || !/^(abs|sqrt)$/.test(found.method)) return [];
    const text = wrapped(argument, place);
    return eachInstead(node, [text, found.method === 'abs' ? `${text} ** 2` : `${text} / 2`], place);
  },
};
