"""What can be said of three ways to train, and of domain against size? The worked example of the documentation.

    python benchmarks/worked_example.py --models DIR

First part: skip-gram of 100 and 300 dimensions and CBOW of 100, three seeds each, on parts 01 and 02 of
``enwiki2014`` (10 million tokens), and random vectors, on every test set that is at hand. Second part, after Lai,
Liu, He and Zhao (2016): vectors from medical text and from Wikipedia, of the same and of other sizes, on clinical
and on general words. Scores are means of the seeds on the items that all models know, with 95 % intervals; verdicts
are adjusted for all comparisons of a part (Holm). Trained vectors are kept in ``--models``. Nothing is timed.
"""

import lzma
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness import arguments_parser, record, show
from text import wikipedia_lines

import wordvec as wv
from wordvec.evaluate.comparison.across import compare_across
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.comparison.configurations import score_configurations
from wordvec.evaluate.comparison.verdicts import verdict_table
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.suite import read_test
from wordvec.evaluate.tasks import Test

Lines = Callable[[], Iterator[str]]
PAGE = Path(__file__).resolve().parents[1] / "docs" / "worked-example.md"
RANDOM = "random"
#: How large a difference does not matter.
MARGIN = 0.02
TRAINERS = {
    "skip-gram 100": wv.SkipGram(dim=100),
    "skip-gram 300": wv.SkipGram(dim=300),
    "CBOW 100": wv.CBOW(dim=100),
}
GENERAL = ("EN-WS-353-ALL.txt", "EN-MEN-TR-3k.txt", "SimLex-999.txt")
CLINICAL = ("UMNSRS-sim.txt", "UMNSRS-rel.txt", "MiniMayoSRS.txt", "Bio-SimLex.txt")


def suite(data: Path) -> list[Test]:
    """Return every test set for English at hand."""
    evaluation, tagging = data / "eval", data / "tagging"
    pairs = ("EN-WS-353-ALL", "EN-RG-65", "EN-MEN-TR-3k", "EN-MTurk-771", "EN-YP-130", "SimLex-999")
    ewt = {"train": str(tagging / "ud-english-ewt" / "en_ewt-ud-train.from-sources.conllu.xz"), "sizes": [1000, 0]}
    wnut = {"train": str(tagging / "wnut17" / "wnut17-train.conll.xz"), "what": "ner", "sizes": [0]}
    negative = str(evaluation / "entailment" / "baroni2012-negative.txt")
    wanted: list[tuple[str, Path | str, dict[str, Any]]] = [
        *(("similarity", evaluation / "similarity" / f"{name}.txt", {}) for name in pairs),
        ("similarity", "UMNSRS-sim.txt", {}),
        ("analogy", "questions-words.txt", {"method": ["3cosadd", "3cosavg"]}),
        ("analogy", evaluation / "analogy" / "msr-analogies.txt", {"method": ["3cosadd"], "form": "msr"}),
        *(("categorization", path, {}) for path in sorted((evaluation / "categorization").glob("*.csv"))),
        ("outliers", evaluation / "outlier" / "8-8-8.csv", {}),
        ("entailment", evaluation / "entailment" / "baroni2012-positive.txt", {"negative": negative}),
        ("relations", evaluation / "relations" / "bless.csv.xz", {}),
        ("relational", evaluation / "relations" / "semeval2012-task2" / "test", {}),
        ("sentences", evaluation / "sentence" / "stsb" / "stsb-en-test.csv", {"pooling": ["sif"], "remove": [0]}),
        (
            "sentences",
            evaluation / "sentence" / "sick" / "SICK_test_annotated.txt.xz",
            {"pooling": ["sif"], "remove": [0]},
        ),
        ("definitions", data / "kg" / "medical" / "definitions-doid.tsv.xz", {}),
        ("tagging", tagging / "ud-english-ewt" / "en_ewt-ud-test.conllu.xz", ewt),
        ("tagging", tagging / "wnut17" / "wnut17-test.conll.xz", wnut),
    ]
    return [read_test(task, file, options) for task, file, options in wanted]


def word_sets(data: Path) -> list[Test]:
    """Return pairs of general and of clinical words."""
    folders = {name: data / "eval" / "similarity" for name in GENERAL}
    folders |= {name: data / "eval" / "medical-similarity" for name in CLINICAL}
    return [read_test("similarity", folder / name) for name, folder in folders.items()]


def medical_lines(data: Path) -> Iterator[str]:
    """Yield the medical texts, file after file."""
    for path in sorted((data / "corpus" / "medical").glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from (line for line in lines if not line.startswith("### "))


def first_tokens(lines: Iterator[str], tokens: int) -> Iterator[str]:
    """Yield lines until they have so many tokens."""
    held = 0
    for line in lines:
        yield line
        held += len(line.split())
        if held >= tokens:
            return


def vectors(folder: Path, name: str, trainer: wv.SkipGram | wv.CBOW, lines: Lines, seeds: int) -> list[wv.Embeddings]:
    """Return vectors of each seed, trained where they are not in ``folder`` already."""
    paths = [folder / f"{name.replace(' ', '-')}-{seed}.wv" for seed in range(1, seeds + 1)]
    if not all(path.exists() for path in paths):
        with tempfile.TemporaryDirectory() as place:
            text = Path(place) / "text.txt"
            with text.open("w", encoding="utf-8") as stream:
                stream.writelines(lines())
            corpus = wv.encode(text)
            for seed, path in enumerate(paths, start=1):
                if not path.exists():
                    replace(trainer, seed=seed).train(corpus).save(path)
                    print(f"{path.name}: {corpus.n_tokens:,} tokens", flush=True)
    return [wv.Embeddings.load(path) for path in paths]


def table(part: str, models: dict[str, list[list[Outcome]]]) -> list[dict[str, Any]]:
    """Return a row for each test set: the score of each model, and what is better than what."""
    compared = compare_outcomes(models, margin=MARGIN, resamples=0, reference=RANDOM)
    scores = verdict_table(score_configurations(models), compared)
    said = compared[compared["primary"]]
    rows = []
    for (dataset, metric), found in scores.groupby(["dataset", "metric"], sort=False):
        row: dict[str, Any] = {"part": part, "test set": dataset, "metric": metric, "n": int(found["n"].iloc[0])}
        for line in found.to_dict("records"):
            row[line["model"]] = f"{number(line['score'])} ({number(line['low'])} to {number(line['high'])})"
        mine = said[(said["dataset"] == dataset) & (said["metric"] == metric)]
        row["verdict"] = "; ".join(filter(None, (phrase(line) for line in mine.to_dict("records")))) or "none"
        rows.append(row)
    return rows


def number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def phrase(line: dict[str, Any]) -> str:
    """Return a verdict in a few words; nothing of random vectors that are worse, or where nothing can be told."""
    first, second = line["first"], line["second"]
    if line["verdict"] == "not distinguishable" or (second == RANDOM and line["verdict"] == "better"):
        return ""
    sign = {"better": ">", "worse": "<", "equivalent": "="}[line["verdict"]]
    return f"{first} {sign} {second}"


def over_tasks(models: dict[str, list[list[Outcome]]]) -> list[dict[str, Any]]:
    """Return what the test sets together say."""
    found = compare_across(models, random=RANDOM)
    rows = [
        {
            "part": "over all test sets",
            "test set": f"{row['tasks']} test sets",
            "model": row["model"],
            "borda": row["borda"],
        }
        | {"mean": round(row["mean"], 3), "PGR %": round(row["pgr"], 1), "PGR of test sets": row["pgr_tasks"]}
        for row in found.ranking.to_dict("records")
    ]
    for row in found.pairs.to_dict("records"):
        verdict = f"{row['first']} against {row['second']}: higher in {row['higher']}, lower in {row['lower']}, "
        verdict += f"p {row['p']:.3f}, adjusted {row['p_holm']:.3f}: {row['verdict']}"
        rows.append({"part": "over all test sets", "test set": f"{row['tasks']} test sets", "verdict": verdict})
    return rows


def configurations(arguments: Any, seeds: int) -> list[dict[str, Any]]:
    """Run the first part."""
    tests = suite(arguments.data)
    wanted = 500_000 if arguments.short else 10_050_000  # parts 01 and 02 hold 10 million
    models: dict[str, list[list[Outcome]]] = {}
    for name, trainer in TRAINERS.items():
        made = vectors(
            arguments.models, name, trainer, lambda: first_tokens(wikipedia_lines(arguments.data), wanted), seeds
        )
        models[name] = [wv.score_suite(one, tests) for one in made]
        print(f"{name}: scored", flush=True)
    chance = [wv.random_embeddings(made[0], seed=seed) for seed in range(1, seeds + 1)]
    models[RANDOM] = [wv.score_suite(one, tests) for one in chance]
    return [*table("configurations", models), *over_tasks(models)]


#: Second part: the question of each contest, and its two texts.
CONTESTS = {
    "domain, same size": ("medical 6.6M", "Wikipedia 6.6M"),
    "domain, or six times the size": ("medical 6.6M", "Wikipedia 40M"),
    "size within the domain": ("medical 6.6M", "medical 1.6M"),
    "size outside": ("Wikipedia 40M", "Wikipedia 6.6M"),
}


def domains(arguments: Any, seeds: int) -> list[dict[str, Any]]:
    """Run the second part: in each contest two texts, on the items that both know, and how many each knows alone."""
    data, short = arguments.data, arguments.short
    texts: dict[str, tuple[Callable[[Path], Iterator[str]], int]] = {
        "medical 1.6M": (medical_lines, 100_000 if short else 1_600_000),
        "medical 6.6M": (medical_lines, 200_000 if short else 10_000_000),
        "Wikipedia 6.6M": (wikipedia_lines, 200_000 if short else 6_600_000),
        "Wikipedia 40M": (wikipedia_lines, 400_000 if short else 40_000_000),
    }
    tests = word_sets(data)
    models = {}
    for name, (lines, tokens) in texts.items():
        made = vectors(arguments.models, name, wv.SkipGram(dim=100), _lines(lines, data, tokens), seeds)
        models[name] = [wv.score_suite(one, tests) for one in made]
    rows = []
    for question, names in CONTESTS.items():
        for row in table(question, {name: models[name] for name in names}):
            known = {name: _known(models[name], row["test set"]) for name in names}
            scores = {side: row[name] for side, name in zip(("first", "second"), names, strict=True)}
            counts = {f"known to {side}": known[name] for side, name in zip(scores, names, strict=True)}
            verdict = row["verdict"].replace(names[0], "first").replace(names[1], "second")
            rows.append(
                {**{k: row[k] for k in ("part", "test set", "metric", "n")}, **counts, **scores, "verdict": verdict}
            )
    return rows


def _known(runs: list[list[Outcome]], dataset: str) -> int:
    return next(len(outcome) for outcome in runs[0] if outcome.dataset == dataset)


def _lines(lines: Callable[[Path], Iterator[str]], data: Path, tokens: int) -> Lines:
    return lambda: first_tokens(lines(data), tokens)


def write_page(rows: list[dict[str, Any]]) -> None:
    """Write the tables of the documentation anew, each between the comments that name it."""
    page = PAGE.read_text("utf-8")
    parts = {
        "configurations": [row for row in rows if row["part"] == "configurations"],
        "over all": [row for row in rows if row["part"] == "over all test sets" and "model" in row],
        "domain": [row for row in rows if row["part"] in CONTESTS],
    }
    for name, chosen in parts.items():
        head, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, tail = rest.partition("<!-- end -->\n")
        assert begin and end, f"{PAGE} has no comments for the table {name}"
        shown = [{key: value for key, value in row.items() if name == "domain" or key != "part"} for row in chosen]
        columns = list(dict.fromkeys(key for row in shown for key in row))
        lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
        lines += [f"| {' | '.join(str(row.get(key, '')) for key in columns)} |" for row in shown]
        page = head + begin + "\n".join(lines) + "\n" + end + tail
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument(
        "--models", type=Path, default=None, help="folder for the vectors (default: one that is removed)"
    )
    parser.add_argument("--seeds", type=int, default=None, help="default: 3; short: 2")
    arguments = parser.parse_args()
    seeds = arguments.seeds or (2 if arguments.short else 3)
    with tempfile.TemporaryDirectory() as folder:
        arguments.models = arguments.models or Path(folder)
        arguments.models.mkdir(parents=True, exist_ok=True)
        rows = [*domains(arguments, seeds), *configurations(arguments, seeds)]
    show(rows)
    record("worked_example", rows)
    if not arguments.short:
        write_page(rows)


if __name__ == "__main__":
    main()
