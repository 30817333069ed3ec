"""Do tests of drift keep their promises on real text: alarms where nothing changed, coverage, false finds, power?

    python benchmarks/drift_calibration.py --draws 250 --dim 50

The text is the UN General Debate of 1946-1956 and of 2015-2018; the unit is the document, or the country. ``alarms``:
the speeches of both periods are dealt out at random, so that nothing changed (shuffled), and 94 % of the uses of some
words are taken away from one side (frequency; these words, ``thinned``, are shown apart from the ``others``). How often
p is at most .01, .05, .10: the mean over draws with its 95 % interval, by decile of the word's count, and of its
dispersion (units by uses, among words of like count: the first are words of few units). ``false finds``: 5 % of the
words are planted in a shuffled text, pairs of like count swapping a quarter, half or all of their uses; the mean
share of unchanged words among those called at q, with the one-sided 95 % limit. ``power``: how many of these are found
at q up to .05, by count and number of units. ``coverage``: the pooled text is taken for the source, and a planted copy
of it for the other; a third of the speeches is drawn from either, none from both, and the interval of drift is to hold
the drift between the sources themselves (rows are trained on these with several seeds and averaged). All draws share
one compass. Nothing is timed.
"""

import argparse
import lzma
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show

import wordvec as wv
from wordvec.drift.controls import null_corpus
from wordvec.drift.planted import plant_drift
from wordvec.drift.power import false_discoveries, power_surface, rejection_table
from wordvec.drift.rewriting import gather
from wordvec.statistics.intervals import exact_interval
from wordvec.text.documents import Column, Documents

PERIODS = ("1946-1956", "2015-2018")
LEVELS = (0.01, 0.05, 0.1)
SHARES = (0.25, 0.5, 1.0)
#: Seeds whose rows are averaged for the drift between the sources themselves.
SEEDS = 5


def debates(data: Path, share: float, min_count: int) -> wv.Corpus:
    """Return a share of the speeches of both periods, taken evenly, each a document with its country."""
    sentences: dict[str, list[list[str]]] = {}
    sizes, countries, ends = [], [], [0]
    for period in PERIODS:
        speeches: list[tuple[str, list[list[str]]]] = []
        path = data / "corpus" / "ungd" / f"ungd-{period}.txt.xz"
        with lzma.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if line.startswith("### "):
                    speeches.append((line.split()[2], []))
                else:
                    speeches[-1][1].append([word for word in line.lower().split() if word.isalpha()])
        step = 1.0 / share
        kept = [speeches[int(i * step)] for i in range(int(len(speeches) * share))]
        sentences[period] = [sentence for _, speech in kept for sentence in speech]
        sizes += [len(speech) for _, speech in kept]
        countries += [country for country, _ in kept]
        ends.append(len(sizes))
    corpus = wv.Corpus.from_sentences(sentences, min_count=min_count)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    columns = {"country": Column.from_values(countries)}
    documents = Documents(offsets, np.zeros(len(sizes), np.int32), columns=columns)
    return replace(corpus, documents=documents, slice_offsets=np.array(ends, dtype=np.int64))


class Bench:
    """One corpus, one compass, and the settings of the statistics."""

    def __init__(self, corpus: wv.Corpus, arguments: argparse.Namespace) -> None:
        self.corpus, self.arguments = corpus, arguments
        self.trainer = wv.SkipGram(dim=arguments.dim, epochs=arguments.epochs, seed=arguments.seed)
        self.base = wv.CompassAligner(self.trainer).align(corpus)

    def assess(self, made: wv.Corpus, unit: str) -> Any:
        """Return the drift table of a control, against the compass of all draws."""
        from wordvec.drift.assess import assess_drift

        made = made.recoded(self.base.vocabulary)
        options = self.arguments
        return assess_drift(
            replace(self.base, counts=made.counts),
            made,
            unit=unit,
            min_count=options.floor,
            splits=options.splits,
            floors=options.floors,
            permutations=options.permutations,
            seed=options.seed,
        )


def alarms(bench: Bench, unit: str, draws: int) -> Iterator[dict[str, Any]]:
    """Yield how often unchanged words are called, null by null, group by group, decile by decile."""
    for kind in ("shuffled", "frequency"):
        found: dict[tuple[str, str, int], dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
        for draw in range(draws):
            made = null_corpus(bench.corpus, kind, unit=unit, min_count=bench.arguments.floor, seed=draw)
            table = bench.assess(made, unit)
            touched = table["word"].isin(made.metadata["control"].get("words", []))
            groups = {"all": table} if kind == "shuffled" else {"thinned": table[touched], "others": table[~touched]}
            for name, group in groups.items():
                for row in rejection_table(group, levels=LEVELS).itertuples():
                    found[name, row.by, row.decile][row.level].append(row.rate)
            if not table["p"].notna().any():
                print(f"draw {draw} of {kind}, {unit}: no word has a p: {table['why'].iloc[0]}", flush=True)
        for (name, by, decile), rates in found.items():
            row = {"what": "alarms", "null": kind, "unit": unit, "words": name, "by": by, "decile": decile or ""}
            row |= {f"p <= {level:g}": over_draws(rates[level]) for level in LEVELS}
            yield row | {"draws": len(rates[LEVELS[0]])}


def over_draws(values: Sequence[float]) -> dict[str, float]:
    """Return the mean over draws and its 95 % interval by Student's t, as the harness prints a middle and two ends."""
    from scipy.special import stdtrit

    mean, n = float(np.mean(values)), len(values)
    reach = float(np.std(values, ddof=1) / math.sqrt(n) * stdtrit(n - 1, 0.975)) if n > 1 else 1.0
    return {"median": round(mean, 4), "low": round(max(0.0, mean - reach), 4), "high": round(min(1.0, mean + reach), 4)}


def finds(bench: Bench, unit: str, draws: int) -> Iterator[dict[str, Any]]:
    """Yield the share of false finds among those called beside planted words, and how many of these are found."""
    import pandas as pd
    from scipy.special import stdtrit

    shares: dict[float, list[float]] = defaultdict(list)
    tables, truths = [], []
    for draw in range(draws):
        null = null_corpus(bench.corpus, "shuffled", unit=unit, seed=draw)
        planted = plant_drift(null, share=SHARES, unit=unit, portion=bench.arguments.portion, seed=draw)
        table = bench.assess(planted.corpus, unit)
        for row in false_discoveries(table, planted.truth, levels=LEVELS).proportions.itertuples():
            shares[row.level].append(row.proportion)
        marked = planted.truth.assign(
            word=planted.truth["word"] + f" {draw}", partner=planted.truth["partner"] + f" {draw}"
        )
        truths.append(marked)
        tables.append(table.assign(word=table["word"] + f" {draw}"))
    for level, values in shares.items():
        spread = float(np.std(values, ddof=1)) if draws > 1 else math.nan
        limit = float(np.mean(values)) + spread / math.sqrt(draws) * float(stdtrit(max(draws - 1, 1), 0.95))
        row = {"what": "false finds", "unit": unit, "q at most": level, "mean share": round(float(np.mean(values)), 4)}
        yield row | {"upper limit": round(limit, 4), "draws": draws}
    table, truth = pd.concat(tables, ignore_index=True), pd.concat(truths, ignore_index=True)
    edges = {"count_bands": (20, 50, 100, 200, 500, 1000), "unit_bands": (5, 10, 20, 50)}
    for row in power_surface(table, truth, **edges).itertuples():
        row = {
            "what": "power",
            "unit": unit,
            "share": row.share,
            "uses": band(row.count_from, row.count_to),
            "units": band(row.units_from, row.units_to),
            "planted": row.planted,
            "tested": row.tested,
            "found": {"median": round(row.power, 3), "low": round(row.low, 3), "high": round(row.high, 3)},
        }
        yield {**row, "draws": draws}


def band(start: float, end: float) -> str:
    return f"{start:.0f}+" if math.isnan(end) else f"{start:.0f}-{end - 1:.0f}"


def coverage(bench: Bench, draws: int) -> Iterator[dict[str, Any]]:
    """Yield how often the interval of drift holds the drift between the sources, by count and what was planted."""
    corpus = bench.corpus
    documents = np.arange(len(corpus.documents))
    size = len(documents)
    twice = gather(corpus, np.concatenate([documents, documents]), np.array([0, size, 2 * size]))
    planted = plant_drift(twice, share=SHARES, portion=bench.arguments.portion, seed=bench.arguments.seed)
    sources = planted.corpus.recoded(bench.base.vocabulary)
    truth = source_drift(bench, sources)
    shares = planted.truth.set_index("word")["share"].to_dict()
    rng, part = np.random.default_rng(bench.arguments.seed), size // 3
    held: dict[tuple[str, str], list[tuple[bool, float, float]]] = defaultdict(list)
    for _ in range(draws):
        order = rng.permutation(size)  # no speech is in both samples: likeness would be the speech's, not the word's
        picked = np.concatenate([order[:part], size + order[part : 2 * part]])
        table = bench.assess(gather(sources, picked, np.array([0, part, 2 * part])), "document")
        for row in table[table["low"].notna()].itertuples():
            share = shares.get(row.word, 0.0)
            kind = "unchanged" if share == 0.0 else ("weak" if share < 0.5 else "strong")
            less = min(row.count_source, row.count_target)
            edges = [edge for edge in (20, 50, 100, 200, 500, 1000) if edge <= less] or [0]
            true = 0.0 if share == 0.0 else truth[row.word]
            held[kind, f"{edges[-1]}+"].append((row.low <= true <= row.high, true, row.drift))
    for (kind, uses), values in sorted(held.items(), key=lambda item: (item[0][0], int(item[0][1][:-1]))):
        mean, true, drift = (float(part) for part in np.mean(values, axis=0))
        interval = exact_interval(mean, len(values), unit="interval")
        row = {"what": "coverage", "words": kind, "uses": uses, "intervals": len(values)}
        row["held"] = {"median": round(mean, 4), "low": round(interval.low, 4), "high": round(interval.high, 4)}
        yield row | {"mean drift": round(drift, 4), "true": round(true, 4), "draws": draws}


def source_drift(bench: Bench, sources: wv.Corpus) -> dict[str, float]:
    """Return the drift of every word between the two sources, each trained as a whole with several seeds.

    Lengths are from products of rows of different seeds, so that the noise of training does not add to the drift.
    """
    assert bench.base.compass is not None
    sums, lengths = [], []
    for side, label in enumerate(sources.labels):
        rows = np.zeros((SEEDS, len(bench.base.vocabulary), bench.trainer.dim))
        for number in range(SEEDS):  # no seed for both sides: rows that start alike would stay alike
            trainer = replace(bench.trainer, seed=1_000 + 2 * number + side)
            found = trainer.train(sources[label], compass=bench.base.compass.context).embeddings
            rows[number, [bench.base.vocabulary[word] for word in found.vocabulary]] = found.vectors
        total = rows.sum(axis=0)
        sums.append(total)
        lengths.append((np.square(total).sum(axis=1) - np.square(rows).sum(axis=(0, 2))) / (SEEDS * (SEEDS - 1)))
    products = np.einsum("vd,vd->v", sums[0], sums[1]) / SEEDS**2
    drift = 1.0 - products / np.sqrt(np.maximum(lengths[0] * lengths[1], 1e-12))
    return dict(zip(bench.base.vocabulary.words, drift.tolist(), strict=True))


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--draws", type=int, default=None, help="of each null and unit; default: 125; short: 2")
    parser.add_argument("--partial", type=int, default=None, help="draws with planted words; default: 500; short: 2")
    parser.add_argument("--resamples", type=int, default=None, help="draws for coverage; default: 50; short: 2")
    parser.add_argument("--units", nargs="+", default=["document", "country"], choices=["document", "country"])
    parser.add_argument("--parts", nargs="+", default=["alarms", "finds", "coverage"], help="alarms, finds, coverage")
    parser.add_argument("--share", type=float, default=None, help="of the speeches; default: 1; short: 0.15")
    parser.add_argument("--portion", type=float, default=0.05, help="share of the words that are planted")
    parser.add_argument("--dim", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--min-count", type=int, default=20, help="of the vocabulary")
    parser.add_argument("--floor", type=int, default=20, help="uses that a word needs in both slices")
    parser.add_argument("--splits", type=int, default=8)
    parser.add_argument("--floors", type=int, default=4)
    parser.add_argument("--permutations", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draws, partial, resamples = (
        given or (2 if arguments.short else usual)
        for given, usual in ((arguments.draws, 125), (arguments.partial, 500), (arguments.resamples, 50))
    )
    share = arguments.share or (0.15 if arguments.short else 1.0)
    bench = Bench(debates(arguments.data, share, arguments.min_count), arguments)
    rows: list[dict[str, Any]] = []
    for unit in arguments.units:
        if "alarms" in arguments.parts:
            rows += alarms(bench, unit, draws)
        if "finds" in arguments.parts:
            rows += finds(bench, unit, partial)
    if "coverage" in arguments.parts:
        rows += coverage(bench, resamples)
    show(rows)
    record("drift_calibration", rows)


if __name__ == "__main__":
    main()
