"""How much faster than gensim are the Google analogies answered over a whole vocabulary?

    python benchmarks/speed_analogy.py --words 300000 --rounds 5

Random vectors for the words of the test set and for others up to ``--words``: time does not depend on what they
mean. gensim (3CosAdd only) answers one question at a time; a sample is timed, and the time that it takes beyond
a tenth of the sample is multiplied, so that what gensim does once a call counts once. Ours gives the rank of
every right answer by 3CosAdd and 3CosMul together; 3CosAvg (of the other pairs of the category) and PairDirection are
timed on their own, beside gensim's 3CosAdd. The ranks of the sample are checked one question at a time.
"""

import statistics
import tempfile
from pathlib import Path

import numpy as np
from harness import arguments_parser, ratios, record, show, walls

import wordvec as wv
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.ranks import Method, answer_ranks
from wordvec.evaluate.sets.datasets import bundled
from wordvec.evaluate.words import look_up

METHODS: dict[str, tuple[Method, ...]] = {
    "3CosAdd and 3CosMul": ("3cosadd", "3cosmul"),
    "3CosAvg": ("3cosavg",),
    "PairDirection": ("pairdirection",),
}


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--words", type=int, default=None, help="default: 300,000; short: 50,000")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument(
        "--sample", type=int, default=None, help="Questions that gensim answers; default: 100; short: 20"
    )
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 2")
    arguments = parser.parse_args()
    arguments.words = arguments.words or (50_000 if arguments.short else 300_000)
    arguments.sample = arguments.sample or (20 if arguments.short else 100)
    arguments.rounds = arguments.rounds or (2 if arguments.short else 5)
    rng = np.random.default_rng(1)
    questions = read_questions(bundled("questions-words.txt"))
    asked = list(dict.fromkeys(word.lower() for line in questions.words for word in line))
    words = np.array(asked + [f"w{i}" for i in range(arguments.words - len(asked))], dtype=object)
    rng.shuffle(words)
    vectors = rng.standard_normal((len(words), arguments.dim), dtype=np.float32)
    embeddings = wv.Embeddings(wv.Vocabulary(tuple(words), np.arange(len(words), 0, -1)), vectors)
    rows = look_up(embeddings)
    ids = np.array([[rows.get(word) for word in line] for line in questions.words])
    keyed = wv.to_gensim(embeddings)
    chosen = rng.choice(len(ids), arguments.sample, replace=False)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        whole, tenth = Path(folder) / "whole.txt", Path(folder) / "tenth.txt"
        lines = [" ".join(questions.words[i]).lower() for i in chosen]
        few = max(1, len(lines) // 10)
        for path, part in ((whole, lines), (tenth, lines[:few])):
            path.write_text(": sample\n" + "\n".join(part) + "\n")

        def gensim(path: Path) -> None:
            keyed.evaluate_word_analogies(str(path), restrict_vocab=len(words))

        def ours(*method: Method) -> None:
            found.update(answer_ranks(embeddings, ids, rows.usable, method, category=questions.category))

        tasks = {"gensim": lambda: gensim(whole), "tenth": lambda: gensim(tenth)}
        tasks |= {name: lambda method=method: ours(*method) for name, method in METHODS.items()}
        seconds = walls(tasks, arguments.rounds)
    more = len(ids) - few
    seconds["gensim"] = [
        short + (long - short) / (len(lines) - few) * more
        for long, short in zip(seconds["gensim"], seconds.pop("tenth"), strict=True)
    ]
    check(found, embeddings, ids, questions.category, chosen)
    table = [
        {
            "wordvec": name,
            "words": len(words),
            "dim": arguments.dim,
            "questions": len(ids),
            "ratio": ratios(seconds["gensim"], seconds[name]),
            "seconds": {tool: statistics.median(seconds[tool]) for tool in ("gensim", name)},
            "extrapolated": f"gensim's 3CosAdd from {len(chosen)} questions",
        }
        for name in METHODS
    ]
    show(table)
    record("speed_analogy", table)


def check(
    found: dict[Method, np.ndarray],
    embeddings: wv.Embeddings,
    ids: np.ndarray,
    category: np.ndarray,
    chosen: np.ndarray,
) -> None:
    """Raise unless the ranks of chosen questions are those of scores in float64, but for scores equal to rounding."""
    units = (embeddings.vectors / embeddings.norms[:, None]).astype(np.float64)
    worst = 0
    for i in chosen:
        *barred, answer = ids[i]
        a, b, c = (units @ units[row] for row in barred)
        pairs = np.unique(ids[category == category[i]].reshape(-1, 2), axis=0)
        others = pairs[(pairs != ids[i, 2:]).any(axis=1)]
        mean = (units[others[:, 1]] - units[others[:, 0]]).mean(axis=0)
        directions = (units - units[barred[2]]) @ (units[barred[1]] - units[barred[0]])
        apart = np.maximum(np.sqrt(np.maximum(2 - 2 * c, 0)), 1e-3)
        for method, scores, out in (
            ("3cosadd", b - a + c, barred),
            ("3cosmul", (b + 1) * (c + 1) / (a + 1.002), barred),
            ("3cosavg", c + units @ mean, barred[2:]),
            ("pairdirection", directions / apart, barred),
        ):
            rivals = np.delete(scores, [*out, answer]) - scores[answer]
            low, high = 1 + int((rivals > 2e-6).sum()), 1 + int((rivals > -2e-6).sum())
            if not low <= found[method][i] <= high and answer not in out:
                raise SystemExit(f"{method}: question {i} has rank {found[method][i]}, expected {low} to {high}")
            worst = max(worst, high - low)
    print(f"ranks of {len(chosen)} questions agree; at most {worst} rivals are as good to rounding")


if __name__ == "__main__":
    main()
