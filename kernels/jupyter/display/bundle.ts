/** Representations of one value by media type. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** An object with this method shows itself: it returns a bundle, or a promise of one. */
export const displaySymbol = Symbol.for('Jupyter.display');
