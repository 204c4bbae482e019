"""The style sheet of the HTML page: light and dark, narrow and wide, screen and paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #fff; --ink: #1d1d1b; --quiet: #66635c; --line: #e4e0d8;
  --in: #0a5227; --in-back: #d9f2df; --out: #8f1d15; --out-back: #fde3df; --move: #1c4587; --move-back: #e6eefb;
  --warn: #7a4b00; --warn-back: #fdeecb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16171a; --card: #1e2024; --ink: #e9e7e2; --quiet: #a5a29a; --line: #34363c;
    --in: #a5e8b9; --in-back: #12391f; --out: #ffb3aa; --out-back: #4a1a16; --move: #a9c8ff; --move-back: #1c2d4d;
    --warn: #ffd98a; --warn-back: #46340c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 48rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
main:has(#side:checked) { max-width: 80rem; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.2; margin: .25rem 0 .75rem; letter-spacing: -.01em; }
h2, .source, .when, .summary, .kicker, .fields, .number, .note, .gap, .legend, .heads, label, .same, summary {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h2 { font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; color: var(--quiet); margin: 0 0 .75rem; }
p, dl, dd, blockquote, h3 { margin: 0; }
.source, .when { font-size: .875rem; color: var(--quiet); overflow-wrap: anywhere; }
.kicker { font-size: .9rem; font-weight: 600; margin-top: .75rem; }
.standfirst { font-size: 1.2rem; line-height: 1.45; margin-bottom: .75rem; }
.summary { margin: 1rem 0 0; font-size: .95rem; }
.summary strong { border-radius: 1rem; padding: .15rem .65rem; margin-right: .35rem; font-size: .85rem; }
.declared { background: var(--in-back); color: var(--in); }
.stealth { background: var(--warn-back); color: var(--warn); }
section { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
.fields { font-size: .9rem; line-height: 1.5; }
.fields div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 0 1rem; padding: .3rem 0; }
.fields dt { color: var(--quiet); grid-column: 1; }
.fields dd { grid-column: 2; overflow-wrap: anywhere; }
ins, del { padding: .05em .15em; border-radius: .2em;
  box-decoration-break: clone; -webkit-box-decoration-break: clone; }
ins { color: var(--in); background: var(--in-back); text-decoration: underline; text-underline-offset: .15em;
  text-decoration-thickness: .08em; }
del { color: var(--out); background: var(--out-back); text-decoration: line-through; }
mark { color: inherit; background: none; font-weight: 700; outline: 1px dotted currentColor; border-radius: .15em; }
ins.moved, del.moved { color: var(--move); background: var(--move-back); }
ins.moved { text-decoration: underline dotted; }
.facts ul { list-style: none; margin: 0; padding: 0; font-size: .95rem; }
.facts li { display: grid; grid-template-columns: 7rem minmax(0, 1fr) auto; gap: 0 1rem; padding: .3rem 0; }
.facts b { font-weight: 400; color: var(--quiet); } .facts small, .facts span span { color: var(--quiet); }
.facts, .facts small { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
ins::before, ins::after, del::before, del::after { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
ins::before { content: " [added: "; } del::before { content: " [removed: "; }
ins.moved::before { content: " [moved here: "; } del.moved::before { content: " [moved away: "; }
ins::after, del::after { content: "] "; }
.diff > input { position: absolute; opacity: 0; }
.diff > label { display: inline-block; font-size: .875rem; padding: .4rem .9rem; border: 1px solid var(--line);
  background: var(--card); cursor: pointer; margin-left: -1px; }
label[for=inline] { border-radius: .5rem 0 0 .5rem; margin-left: 0; }
label[for=only] { border-radius: 0 .5rem .5rem 0; }
.diff > input:checked + label { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.diff > input:focus-visible + label { outline: 3px solid var(--move); outline-offset: 2px; position: relative; }
.legend { font-size: .8rem; color: var(--quiet); margin: .75rem 0 1rem; }
.legend span { margin-right: .5rem; }
.legend .moved { color: var(--move); background: var(--move-back);
  border-left: 3px solid var(--move); padding: .05em .35em; }
.same { margin-bottom: 1rem; color: var(--quiet); }
.row { display: grid; grid-template-columns: 2.25rem minmax(0, 1fr); padding: .45rem 0; }
.number { font-size: .75rem; color: var(--quiet); padding-top: .3rem; font-variant-numeric: tabular-nums; }
.text { white-space: pre-line; overflow-wrap: break-word; }
h3.text { font-size: 1.15rem; line-height: 1.35; }
blockquote.text { border-left: 3px solid var(--line); padding-left: .9rem; font-style: italic; }
.text.notice { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem; background: var(--card); }
.text.list { padding-left: 1rem; }
.note { font-size: .8rem; color: var(--move); }
.moved .new, .departure .old { border-left: 3px solid var(--move); background: var(--move-back); padding: .35rem .75rem;
  border-radius: 0 .35rem .35rem 0; }
.whole del, .whole ins { display: block; } .whole ins { margin-top: .4rem; }
.old, .heads { display: none; }
.deleted .old, .departure .old { display: block; } .deleted .new, .departure .new { display: none; }
.departure .old .text { display: none; }
.departure .old { background: none; padding-top: 0; padding-bottom: 0; }
.rolled { margin: .6rem 0; padding: .5rem .9rem; border: 1px dashed var(--line); border-radius: .4rem;
  color: var(--quiet); }
.rolled summary { cursor: pointer; font-size: .85rem; }
.rolled .text { margin-top: .6rem; }
.gap { display: none; font-size: .8rem; color: var(--quiet); text-align: center; padding: .35rem 0; margin: .25rem 0;
  border-top: 1px dashed var(--line); border-bottom: 1px dashed var(--line); }
#only:checked ~ .body .equal { display: none; } #only:checked ~ .body .gap { display: block; }
#side:checked ~ .body .row { grid-template-columns: 2.25rem minmax(0, 1fr) minmax(0, 1fr); column-gap: 1.75rem; }
#side:checked ~ .body .heads { display: grid; grid-template-columns: 2.25rem minmax(0, 1fr) minmax(0, 1fr);
  column-gap: 1.75rem; position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line);
  padding: .5rem 0; font-size: .8rem; font-weight: 600; color: var(--quiet); z-index: 1; }
#side:checked ~ .body .heads p:first-child { grid-column: 2; }
#side:checked ~ .body .old, #side:checked ~ .body .new { display: block; }
#side:checked ~ .body .old :is(ins, .came), #side:checked ~ .body .new del { display: none; }
#side:checked ~ .body .whole ins { margin-top: 0; }
#side:checked ~ .body .departure .old { background: var(--move-back); padding: .35rem .75rem; }
#side:checked ~ .body .departure .old .text { display: block; }
#side:checked ~ .body .equal { color: var(--quiet); }
@media (max-width: 40rem) { .fields div { grid-template-columns: 1fr; } .fields dd { grid-column: 1; } }
@media print { .diff > label, .diff > input { display: none; } body { font-size: 11pt; } main { max-width: none; } }
"""
