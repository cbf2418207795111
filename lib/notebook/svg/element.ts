import { escapeText } from '../escape.ts';

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One SVG element. Attribute values are escaped, children are markup that is safe already; coordinates keep two decimals. */
export function element(tag: string, attributes: Attributes, children = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? Number(value.toFixed(2)) : escapeText(value)}"`)
    .join('');
  return children ? `<${tag}${written}>${children}</${tag}>` : `<${tag}${written}/>`;
}

/** A line of text at a point. */
export function textAt(x: number, y: number, { text, ...attributes }: Attributes & { readonly text: string }): string {
  return text ? element('text', { x, y, ...attributes }, escapeText(text)) : '';
}

/** Rough width in pixels of text in the fallback's 12-pixel font: enough to leave room for labels. */
export const textWidth = (text: string): number => [...text].length * 7.1;

/** The text, cut to `limit` characters with an ellipsis. */
export const shortened = (text: string, limit: number): string => {
  const characters = [...text];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : text;
};
