const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// What XML 1.0 refuses even as an entity, and other control characters; \p{Cs} is half a surrogate pair.
const forbidden = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Cs}/gu;

/**
 * Text that is safe in HTML and XML, between tags and inside quoted attributes: & < > " ' become entities, characters that XML cannot hold
 * become U+FFFD. Everything that a student or a data file wrote passes here before it is shown.
 */
export function escapeText(value: unknown): string {
  return String(value)
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"']/g, character => entities[character] as string);
}
