"""Do British words find their American counterparts, and the other way round? Gutenberg's books of the 19th century.

    python benchmarks/us_uk.py

41 British and 72 American books, 3.5 million tokens each, lower-cased, one slice a country. The word of one slice is
looked for among all words of the other: spellings (colour and color), and other words for one thing, as glossaries
give them (``(US elevator)``). Beside each aligner stands the same question asked of the vector that the word has in
the other slice itself, as if words meant the same everywhere. Only pairs are asked of which each slice holds its side
often enough; ``strict`` are those of which both words are also at least five times as frequent in their own slice as
in the other, so that they say something about the place. The compass reads the text twice (once for itself), the
slices of Procrustes once: that is how the two are used, and not an equal budget.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from aligners import ALIGNERS, add_aligners, sentences
from harness import arguments_parser, record, show

import wordvec as wv
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.comparison.configurations import score_configurations
from wordvec.evaluate.sets.slice_pairs import SlicePairs, read_slice_pairs
from wordvec.evaluate.slice_pairs import score_slice_pairs
from wordvec.evaluate.temporal import look_up_slices

TIMES, FEWEST = 5, 5


def glossary(path: Path, place: str) -> SlicePairs:
    """Return pairs of a word and what its gloss names as that of the other place: ``(US elevator)``."""
    pairs = []
    for word, gloss in json.loads(path.read_text("utf-8")).items():
        found = re.search(rf"\({place}:? ([a-z]+)\)", gloss)
        if found and word.isalpha() and word.lower() != found[1]:
            pairs.append((word.lower(), found[1]))
    return SlicePairs(path.name, "", tuple(dict.fromkeys(pairs)))


def sets(folder: Path) -> list[tuple[str, str, SlicePairs]]:
    """Return for each set the slices it leads from and to, and its pairs."""
    return [
        ("uk", "us", read_slice_pairs(folder / "british_spellings.json")),
        ("us", "uk", read_slice_pairs(folder / "american_spellings.json")),
        ("uk", "us", glossary(folder / "british_only.json", "US")),
        ("us", "uk", glossary(folder / "american_only.json", "UK")),
    ]


def strict(pairs: SlicePairs, corpus: wv.Corpus, source: str, target: str) -> SlicePairs:
    """Return the pairs whose words are each at home in their slice."""
    here, there = corpus.labels.index(source), corpus.labels.index(target)

    def at_home(word: str, own: int, other: int) -> bool:
        row = corpus.vocabulary.index.get(word, -1)
        return row >= 0 and corpus.counts[own, row] >= TIMES * max(1, corpus.counts[other, row])

    held = tuple(p for p in pairs.words if at_home(p[0], here, there) and at_home(p[1], there, here))
    return replace(pairs, name=f"{pairs.name}, strict", words=held)


def measure(arguments: Any, corpus: wv.Corpus, seeds: list[int]) -> list[dict[str, Any]]:
    """Return a row for each set, aligner and score, and for each pair of aligners."""
    asked = sets(arguments.data / "eval" / "semantic-change" / "us-uk")
    asked += [(source, target, strict(pairs, corpus, source, target)) for source, target, pairs in asked]
    for _, _, pairs in asked:
        print(f"{pairs.name}: {len(pairs)} pairs" + (", left out" if len(pairs) < FEWEST else ""), flush=True)
    asked = [(source, target, pairs) for source, target, pairs in asked if len(pairs) >= FEWEST]
    models: dict[str, list[list[Any]]] = {name: [] for name in arguments.aligners}
    for name in arguments.aligners:
        for seed in seeds:
            aligned = ALIGNERS[name](corpus, seed=seed, threads=arguments.threads, epochs=arguments.epochs)
            lookups = look_up_slices(aligned, case="keep")
            outcomes = []
            for source, target, pairs in asked:
                outcomes += score_slice_pairs(lookups, pairs, source_slice=source, target_slice=target)[0]
            models[name].append(outcomes)
            print(name, seed, flush=True)
    rows = []
    for row in score_configurations(models).to_dict("records"):
        held = {"set": row["dataset"], "aligner": row["model"], "metric": row["metric"], "seeds": row["seeds"]}
        held |= {key: round(row[key], 3) for key in ("score", "low", "high")}
        rows.append(held | {"n": row["n"], "missing": row["missing"]})
    table = compare_outcomes(models, resamples=0) if len(models) > 1 else None
    for row in [] if table is None else table[table["metric"].isin(["P@1", "MRR"])].to_dict("records"):
        held = {"set": row["dataset"], "aligner": f"{row['first']} less {row['second']}", "metric": row["metric"]}
        held |= {"seeds": row["seeds_first"], "score": round(row["difference"], 3), "low": round(row["low"], 3)}
        rows.append(held | {"high": round(row["high"], 3), "n": row["n"], "p": round(row["p"], 4)})
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    add_aligners(parser)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=None, help="default: 5; short: 1")
    parser.add_argument("--sentences", type=int, default=None, help="of each slice; default: all; short: 30,000")
    arguments = parser.parse_args()
    arguments.epochs = arguments.epochs or (1 if arguments.short else 5)
    limit = arguments.sentences or (30_000 if arguments.short else None)
    folder = arguments.data / "corpus" / "gutenberg-19c"
    texts = {label: sentences(folder / f"{label}.txt.xz", lower=True)[:limit] for label in ("uk", "us")}
    corpus = wv.Corpus.from_sentences(texts, min_count=5)
    print(corpus)
    rows = measure(arguments, corpus, arguments.seeds)
    show(rows)
    record("us_uk", rows)


if __name__ == "__main__":
    main()
