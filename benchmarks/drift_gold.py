"""Do the words drift most that people found changed? SemEval-2020 task 1, English and German, cut to 150,000 tokens.

    python benchmarks/drift_gold.py

The corpora are lemmatised, their case is kept. Each aligner is trained with several seeds; settings and the
threshold were fixed beforehand (``drift_threshold.py``, planted words), none was chosen by these labels. Scores are
means over seeds; an interval is over another draw of words and of seeds. Then each aligner against each other on the
same words. With 37 and 48 words an interval is some .6 wide: nothing here is a claim against published means.
"""

from typing import Any

from aligners import ALIGNERS, add_aligners, corpus_of
from harness import arguments_parser, record, show

from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.comparison.configurations import score_configurations
from wordvec.evaluate.gold_drift import read_drift_targets, score_drift
from wordvec.evaluate.temporal import look_up_slices

CORPORA = {"english": ("ccoha1", "ccoha2"), "german": ("dta", "bznd")}


def measure(language: str, arguments: Any, seeds: list[int]) -> list[dict[str, Any]]:
    """Return the rows of one language."""
    folder = arguments.data / "corpus" / "semeval2020-downsampled" / language
    corpus = corpus_of({label: [folder / f"{label}.txt.xz"] for label in CORPORA[language]})
    gold = arguments.data / "eval" / "semantic-change" / "semeval2020-task1"
    targets = read_drift_targets(gold / f"task2-{language}.txt", binary=gold / f"task1-{language}.txt")
    models: dict[str, list[list[Any]]] = {name: [] for name in arguments.aligners}
    notes = ()
    for name in arguments.aligners:
        for seed in seeds:
            aligned = ALIGNERS[name](corpus, seed=seed, threads=arguments.threads)
            outcomes, notes = score_drift(look_up_slices(aligned, case="keep"), targets, measure=arguments.measure)
            models[name].append(outcomes)
    print(language, *notes, sep="\n  ")
    return scores(language, models) + differences(language, models)


def scores(language: str, models: dict[str, list[list[Any]]]) -> list[dict[str, Any]]:
    """Return a row for each aligner and score."""
    rows = []
    for row in score_configurations(models).to_dict("records"):
        if "(baseline)" in row["metric"] and row["model"] != next(iter(models)):
            continue  # a baseline is the same beside every aligner
        name = "" if "(baseline)" in row["metric"] else row["model"]
        held = {"language": language, "aligner": name, "metric": row["metric"], "seeds": row["seeds"]}
        held |= {key: round(row[key], 3) for key in ("score", "low", "high", "sd_seeds")}
        rows.append(held | {"n": row["n"], "missing": row["missing"]})
    return rows


def differences(language: str, models: dict[str, list[list[Any]]]) -> list[dict[str, Any]]:
    """Return a row for each pair of aligners and score."""
    rows = []
    if len(models) < 2:
        return rows
    table = compare_outcomes(models, resamples=0)
    for row in table[~table["metric"].str.contains("baseline")].to_dict("records"):
        held = {"language": language, "aligner": f"{row['first']} less {row['second']}", "metric": row["metric"]}
        held |= {"seeds": row["seeds_first"], "score": round(row["difference"], 3)}
        held |= {"low": round(row["low"], 3), "high": round(row["high"], 3), "n": row["n"]}
        rows.append(held | {"p": round(row["p"], 3), "verdict": row["verdict"]})
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    add_aligners(parser)
    parser.add_argument("--seeds", type=int, nargs="*", default=None, help="default: 1 to 5; short: 1 and 2")
    parser.add_argument("--languages", nargs="*", default=list(CORPORA), choices=list(CORPORA))
    parser.add_argument("--measure", default="cosine", help="of wv.drift.measures")
    arguments = parser.parse_args()
    seeds = arguments.seeds or ([1, 2] if arguments.short else [1, 2, 3, 4, 5])
    rows = [row for language in arguments.languages for row in measure(language, arguments, seeds)]
    show(rows)
    record("drift_gold", rows)


if __name__ == "__main__":
    main()
