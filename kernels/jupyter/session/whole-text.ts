const high = /[\ud800-\udbff]$/;

/** Puts a stream of text and bytes together again where two writes cut a character: half of it waits for the other half. */
export interface WholeText {
  /** The characters that are whole after this write. */
  push(chunk: string | Uint8Array): string;
  /** Half a character that nothing more will come for. */
  end(): string;
}

export function createWholeText(): WholeText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let half = '';
  return {
    push(chunk) {
      // Text ends a character that was begun in bytes.
      const text = half + (typeof chunk === 'string' ? decoder.decode() + chunk : decoder.decode(chunk, { stream: true }));
      half = high.test(text) ? text.slice(-1) : '';
      return text.slice(0, text.length - half.length);
    },
    end() {
      const rest = half + decoder.decode();
      half = '';
      return rest;
    },
  };
}
