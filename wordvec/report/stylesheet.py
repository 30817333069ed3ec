"""How the drift report looks: on a screen, on a narrow one, on paper."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #59636e; --line: #d9dee3; --then: #a33c00; --now: #00568a;
  --bar: #0072b2; --page: #fff; --box: #eef4f9; --warn: #fdf3e1; --edge: #a33c00; --mark: #ffe9a8; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #a7b1bb; --line: #3a424b; --then: #ffab73; --now: #7cc4f5; --bar: #5db3ee;
    --page: #14181d; --box: #1d2832; --warn: #33291a; --edge: #ffab73; --mark: #6b5310; }
  a { color: #8ccbf8; }
  a:visited { color: #c9b5f5; }
  mark { color: inherit; }
  figure svg { border-radius: .3rem; background: #fff; }
  td.word span[style] { background: #fff; padding: 0 .25rem; border-radius: .2rem; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink); background: var(--page);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: break-word; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .4rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
p, ul, dl { max-width: 46rem; margin: .6rem 0; }
li { margin: .45rem 0; }
code { white-space: nowrap; }
.lead { font-size: 1.15rem; color: var(--soft); margin-top: 0; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); }
th { font-size: .8rem; color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.facts { width: auto; min-width: 24rem; }
td.word { font-weight: 700; font-size: 1.05rem; }
td.drift { min-width: 6.5rem; font-variant-numeric: tabular-nums; }
.bar { display: block; height: .4rem; border-radius: .2rem; background: var(--bar); margin-top: .3rem;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
td.drift .other { display: block; color: var(--soft); font-size: .8rem; white-space: nowrap; }
td.near { width: 30%; }
.then { color: var(--then); font-weight: 600; }
.now { color: var(--now); font-weight: 600; }
.kept { color: var(--soft); }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { display: block; max-width: 100%; height: auto; min-width: 26rem; }
figure svg text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif !important; }
figcaption { color: var(--soft); font-size: .875rem; max-width: 46rem; }
details { margin: .8rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
dl.settings { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; font-size: .875rem; }
dl.settings dt { color: var(--soft); }
dl.settings dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict { background: var(--box); border-left: .35rem solid var(--bar); padding: .5rem 1.2rem; margin: 1.4rem 0;
  font-size: 1.1rem; max-width: 48rem; }
.mark { background: var(--warn); border-left: .35rem solid var(--edge); padding: .6rem 1rem; font-size: 1rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; max-width: none; }
nav li { margin: 0; }
table.assessed th.word, table.found tbody th { font-weight: 700; font-size: 1.05rem; color: var(--ink);
  border-bottom: 1px solid var(--line); }
table.assessed td.drift { width: 15rem; }
svg.interval { display: block; width: 100%; max-width: 16rem; height: 1.5rem; }
svg.interval .zero { stroke: var(--line); stroke-width: 1; }
svg.interval .interval { stroke: var(--bar); stroke-width: 2.6; }
svg.interval .floor { stroke: var(--then); stroke-width: 2.6; }
svg.interval .dot { fill: var(--bar); stroke: var(--bar); stroke-width: 1.8; }
svg.interval .hollow { fill: var(--page); }
svg.axis text { font-size: 10px; fill: var(--soft); text-anchor: middle; }
.counts { font-variant-numeric: tabular-nums; }
.card { border-top: 1px solid var(--line); padding: .7rem 0; }
h4 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
h5 { font-size: 1.05rem; margin: 0 0 .3rem; }
h5 .small, h3 .soft { font-weight: 400; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
.sides > div { min-width: 0; }
.sides p { margin: .2rem 0; }
.side { text-transform: none; border-bottom: 1px solid var(--line); }
ul.sentences { padding-left: 1.1rem; font-size: .925rem; }
mark { background: var(--mark); padding: 0 .1rem; }
cite { color: var(--soft); font-size: .8rem; white-space: nowrap; }
.wide { overflow-x: auto; }
#find { margin: .8rem 0; display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; }
#find input { font: inherit; padding: .4rem .6rem; width: 18rem; max-width: 100%; color: var(--ink);
  background: var(--page); border: 1px solid var(--soft); border-radius: .25rem; }
[hidden] { display: none !important; }
@media (max-width: 44rem) {
  figure svg { min-width: 18rem; }
  .sides { grid-template-columns: 1fr; gap: .8rem; }
  cite { white-space: normal; }
  table.ranked tbody th { display: block; border: 0; padding: .12rem 0; }
  table.assessed td.drift { width: auto; }
  table.ranked td .block { display: inline-block; vertical-align: top; }
  body { padding: 1.2rem .9rem 3rem; }
  h1 { font-size: 1.6rem; }
  table.facts { min-width: 0; width: 100%; }
  table.facts th, table.facts td { white-space: normal; padding: .4rem .35rem; }
  table.facts th:first-child { width: 34%; }
  table.ranked thead { display: none; }
  table.ranked, table.ranked tbody, table.ranked tr, table.ranked td { display: block; width: auto; }
  table.ranked tr { border-bottom: 1px solid var(--line); padding: .7rem 0; }
  table.ranked td { border: 0; padding: .12rem 0; text-align: left; white-space: normal; }
  table.ranked td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); font-size: .8rem; }
  table.ranked td.rank { float: left; padding-right: .5rem; line-height: 1.7; }
  dl.settings { grid-template-columns: 1fr; }
  dl.settings dd { margin-bottom: .4rem; }
}
@media print {
  html { font-size: 80%; }
  nav, .skip, #search, #find, #found, #results, #without-script, #search + p { display: none; }
  .verdict, .mark { font-size: 1em; }
  .card, .verdict, .mark, li { break-inside: avoid; }
  .verdict, .mark, mark, svg.interval { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; }
  th, td { padding: .25rem .4rem; }
  h2, h3, summary { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  figure svg { min-width: 0; }
}
""".strip()
