/** Style of every page. Text keeps a contrast of 4.5:1 in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c);
  --card: light-dark(#ffffff, #1d2128);
  --inset: light-dark(#f2f4f7, #262b34);
  --ink: light-dark(#1b1f24, #e7eaee);
  --quiet: light-dark(#59616c, #a3adba);
  --edge: light-dark(#d9dee5, #363d48);
  --good: light-dark(#00704f, #3fcf9f);
  --part: light-dark(#7d5a00, #e6b450);
  --bad: light-dark(#b04500, #ff9a5c);
  --link: light-dark(#0b61a4, #74b9f5);
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
* { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; background: var(--page); color: var(--ink); }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
code, .mono { font-family: var(--mono); font-size: .875em; white-space: pre-wrap; overflow-wrap: anywhere; }
section, .card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 1.1rem 1.35rem; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--edge); vertical-align: top; overflow-wrap: anywhere; }
thead th { font-size: .85rem; color: var(--quiet); font-weight: 600; vertical-align: bottom; overflow-wrap: normal; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
.scroll { overflow-x: auto; }
.quiet { color: var(--quiet); }
.good { color: var(--good); } .part { color: var(--part); } .bad { color: var(--bad); }
.bar { display: inline-block; width: 100%; min-width: 5rem; height: .55rem; border-radius: 99px; background: var(--inset); box-shadow: inset 0 0 0 1px var(--edge); overflow: hidden; vertical-align: middle; }
.bar > span { display: block; height: 100%; border-radius: 99px; background: var(--quiet); }
.bar.good > span { background: var(--good); } .bar.part > span { background: var(--part); } .bar.bad > span { background: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--quiet); padding: .15rem 0; }
.note { border-left: 4px solid var(--edge); background: var(--inset); border-radius: 0 6px 6px 0; padding: .45rem .8rem; margin: .6rem 0; overflow-wrap: anywhere; }
.note.good { border-color: var(--good); color: inherit; } .note.part { border-color: var(--part); color: inherit; } .note.bad { border-color: var(--bad); color: inherit; }
svg { display: block; max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .axis { stroke: var(--edge); } svg .quiet { fill: var(--quiet); }
footer { color: var(--quiet); font-size: .85rem; margin-top: 2rem; }
@media (max-width: 36rem) { body { padding: 1.25rem .75rem 3rem; } section, .card { padding: .9rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .3rem; } }
@media print {
  :root { color-scheme: light; --page: #fff; }
  html { font-size: 11pt; } body { max-width: none; padding: 0; }
  section, .card { break-inside: auto; border-radius: 0; border-width: 1px 0 0; padding: .6rem 0; }
  h2, h3 { break-after: avoid; } .item, svg, tr { break-inside: avoid; }
  .bar, .bar > span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; }
  a { color: inherit; text-decoration: none; }
}
`;
