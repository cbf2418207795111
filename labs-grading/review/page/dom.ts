type Child = Node | string | undefined;

/** An element with properties and children. Text only ever becomes text. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter(child => child !== undefined));
  return element;
}

/** An element of the page by its id, of the class that it must have. */
export function part<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as E;
}

export const fill = (element: HTMLElement, ...children: readonly Child[]): void =>
  element.replaceChildren(...children.filter(child => child !== undefined));

/** Points as people write them: a true minus, no more than two decimals. */
export const points = (value: number): string => String(Math.round(value * 100) / 100).replace('-', '−');

export const signedPoints = (value: number): string => (value > 0 ? `+${points(value)}` : points(value));
