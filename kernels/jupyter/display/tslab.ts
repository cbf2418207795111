import type { MimeBundle } from './bundle.ts';

/** What tslab's own display sends, and whether it replaces what it showed before. */
interface Shown {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
  readonly transient: { readonly display_id?: string };
}

interface Host {
  display(bundle: MimeBundle, options: { id?: string | undefined; update: boolean; metadata: MimeBundle }): void;
}

/** Lets `display` and `newDisplay` of the package tslab, which notebooks for it use, show things in this kernel. `native` is a `require` that finds the package. */
export function connectTslab(native: NodeJS.Require): void {
  const jupyter = native('tslab/dist/jupyter.js') as { lastWriteDisplayData: unknown };
  jupyter.lastWriteDisplayData = ({ data, metadata, transient: { display_id: id } }: Shown, update?: boolean): void => {
    const host = (globalThis as { [key: symbol]: Host | undefined })[Symbol.for('tinylab.kernel')];
    host?.display(data, { id, update: update === true, metadata });
  };
}
