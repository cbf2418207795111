/** The tags of a page with the names of their attributes: what text must never be able to change. */
export const skeleton = (html: string): string[] => (html.match(/<[^>]*>/g) ?? []).map(tag => tag.replace(/="[^"]*"/g, '=""'));

/** Texts that have broken pages, tables and terminals of others. */
export const hostile: readonly string[] = [
  '<script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title><img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- ',
  ']]><b>',
  '&lt;b&gt; &#60;b>',
  '[click](javascript:alert(1))',
  '![x](https://example.invalid/a.png)',
  '```\n<b>out of the fence</b>\n```',
  '| a | b |\n| - | - |',
  '# heading\n---\n1. one\n- two',
  'https://example.invalid www.example.invalid a@example.invalid',
  '\u202Etxt.exe\u0007\u001b[31m\u0000',
  '\ud800 lone \udfff',
  '{{7*7}} <%= 7*7 %>',
  'x'.repeat(50_000),
];
