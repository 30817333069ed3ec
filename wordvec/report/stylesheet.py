"""How the drift report looks: on a screen, on a narrow one, on paper."""

__all__ = ["STYLE"]

STYLE = """
:root { --ink: #1d2329; --soft: #59636e; --line: #d9dee3; --then: #a33c00; --now: #00568a; --bar: #0072b2; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; color: var(--ink); background: #fff;
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
@media (max-width: 44rem) {
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
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; }
  th, td { padding: .25rem .4rem; }
  h2, h3, summary { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  figure svg { min-width: 0; }
}
""".strip()
