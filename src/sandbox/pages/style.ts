/** One style for all pages: no outside resources, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --panel: #f6f8fa;
  --link: #0969da; --green: #1a7f37; --red: #cf222e; --purple: #8250df; --amber: #9a6700;
  --added: #dafbe1; --removed: #ffebe9; --hunk: #ddf4ff; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --back: #0d1117;
  --panel: #151b23; --link: #4493f8; --green: #3fb950; --red: #f85149; --purple: #ab7df8; --amber: #d29922;
  --added: #12261e; --removed: #25171c; --hunk: #0c2d6b55; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
header.bar { background: var(--panel); border-bottom: 1px solid var(--line); padding: .7rem 0; }
header.bar nav, main { max-width: 60rem; margin: 0 auto; padding: 0 1.2rem; }
header.bar nav { display: flex; gap: .6rem; align-items: center; flex-wrap: wrap; }
header.bar .where { font-weight: 600; }
header.bar .right { margin-left: auto; color: var(--soft); font-size: .9em; }
main { padding-top: 1.4rem; padding-bottom: 4rem; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.6rem; font-weight: 500; margin: .2rem 0 .5rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .7rem; }
.soft { color: var(--soft); } .small { font-size: .87em; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .88em; }
code { background: color-mix(in srgb, var(--soft) 15%, transparent); border-radius: 5px; padding: .15em .35em; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: 7px; padding: .8rem; overflow: auto; } pre code { background: none; padding: 0; font-size: inherit; }
.box { border: 1px solid var(--line); border-radius: 9px; margin: .8rem 0; overflow: hidden; }
.box > .head { background: var(--panel); border-bottom: 1px solid var(--line); padding: .5rem .9rem; display: flex; gap: .5rem;
  align-items: center; flex-wrap: wrap; }
.box > .body { padding: .8rem .9rem; overflow-wrap: anywhere; }
.box > .body > :first-child { margin-top: 0; } .box > .body > :last-child { margin-bottom: 0; }
.row { padding: .6rem .9rem; border-top: 1px solid var(--line); display: flex; gap: .7rem; align-items: baseline; flex-wrap: wrap; }
.row:first-child { border-top: 0; } .row .grow { flex: 1; min-width: 12rem; overflow-wrap: anywhere; }
.badge { display: inline-block; border-radius: 2em; padding: .1em .75em; font-size: .82em; font-weight: 600; color: #fff; background: var(--soft); }
.badge.open, .badge.good { background: var(--green); } .badge.merged { background: var(--purple); }
.badge.closed, .badge.bad { background: var(--red); } .badge.wait { background: var(--amber); }
@media (prefers-color-scheme: dark) { .badge { color: #0d1117; } }
.tag { border: 1px solid var(--line); border-radius: 2em; padding: 0 .6em; font-size: .82em; }
table { border-collapse: collapse; display: block; overflow: auto; } th, td { border: 1px solid var(--line); padding: .35rem .7rem; }
table.plain { display: table; width: 100%; } table.plain td, table.plain th { border: 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
table.plain tr:first-child > * { border-top: 0; }
blockquote { margin: 0 0 1rem; padding: 0 1rem; color: var(--soft); border-left: .25rem solid var(--line); }
blockquote.alert { color: inherit; border-color: var(--link); } blockquote.alert-warning, blockquote.alert-important { border-color: var(--amber); }
blockquote.alert-caution { border-color: var(--red); } blockquote.alert-tip { border-color: var(--green); }
.alert-title { font-weight: 600; margin: 0; padding-top: .3rem; }
details > summary { cursor: pointer; } details.box > summary { padding: .5rem .9rem; background: var(--panel); }
.diff { font: .82rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow: auto; }
.diff .line { display: flex; min-width: max-content; } .diff .line i { width: 3.2rem; padding-right: .6rem; text-align: right;
  font-style: normal; color: var(--soft); user-select: none; flex: none; } .diff .line span { white-space: pre; padding-right: 1rem; }
.diff .add { background: var(--added); } .diff .del { background: var(--removed); } .diff .at { background: var(--hunk); color: var(--soft); }
.note { border: 1px solid var(--line); border-radius: 7px; padding: .5rem .8rem; background: var(--back); }
.note > :last-child { margin-bottom: .2rem; }
.diff .note { margin: .4rem .8rem .4rem 6.8rem; font: 15px/1.55 system-ui, -apple-system, sans-serif; max-width: 46rem; }
.plus { color: var(--green); } .minus { color: var(--red); }
`;
