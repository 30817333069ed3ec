"""Do synsets of several languages help to find translations, and do more synsets help, or more languages?

    python benchmarks/graph_languages.py --parts 8

Two experiments, each word's best translation looked for among the first 20,000 words of the other language, by cosine
and by CSLS, with 95 % bootstrap intervals over test words; ``less Procrustes`` is the paired difference in MRR,
both sides by cosine, or both by CSLS.

``real``: English from enwiki2014, Hungarian from novels and newspapers (2.2M tokens), German from 0.3M lemmas; there is
no French and no Italian text among the data, and those languages join where vectors of them are given with
``--vectors fra=PATH``. Rotated onto English by training dictionaries (xling-bli; of MUSE four words in five).

``parts``: five parts of enwiki2014, each trained by itself, stand for five languages, and each has only those
synsets that the wordnet of the language whose name it bears has. The words are English in all of them, so that this is
the easy case: spaces of one shape. The dictionary for the rotation is 500 words, the test 2,000 others. One part is
held out: no pair holds a word of it.

Words of the tests are in no pair. Systems: ``Procrustes``; ``Procrustes, synsets too``, whose dictionary has the synset
pairs of English and the language beside the training words; a shared map that was learnt from pairs of synonyms, of
words and glosses, or both; maps of their own. Settings were chosen on training words of the second experiment.
``constraints`` draws so many pairs, of so many languages (English first), with the same number of steps.
"""

import lzma
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from numpy.typing import NDArray

from wordvec import Corpus, Embeddings, SkipGram
from wordvec.evaluate.bilingual import Dictionary, read_dictionary, score_bilingual
from wordvec.evaluate.words import look_up
from wordvec.files.formats import read_vectors
from wordvec.knowledge.builder import GraphBuilder
from wordvec.knowledge.graph import KnowledgeGraph
from wordvec.knowledge.languages import map_languages
from wordvec.knowledge.specialize import Specializer
from wordvec.knowledge.synonym_pairs import gather_pairs
from wordvec.slices import AlignedSlices

OMW = {"deu": "wn-wikt-deu", "hun": "wn-wikt-hun", "fra": "wn-data-fra", "ita": "wn-data-ita"}
TEXTS = {
    "deu": ("corpus/semeval2020-downsampled/german/dta.txt.xz", "corpus/semeval2020-downsampled/german/bznd.txt.xz"),
    "hun": (
        "corpus/eltec-hun/eltec-hun-part.txt.xz",
        *(f"tagging/nerkor/nerkor-{p}.tsv.xz" for p in ("train", "devel")),
    ),
}
#: The held-out part comes last.
PARTS = ("eng", "fra", "ita", "deu", "hun")
TUNED = Specializer(epochs=3, lr=1e-3, within=False)
METRICS = ("cosine MRR", "cosine P@1", "csls MRR", "csls P@1")
Pairs = list[tuple[str, str]]
Values = Mapping[str, NDArray[np.float64]]


def read_lines(path: Path) -> Iterator[list[str]]:
    """Yield lower-cased sentences, from lines of text or a token a line."""
    one_a_line, words = ".tsv" in path.name, []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(("### ", "# doc")):
                continue
            if not one_a_line:
                yield line.lower().split()
            elif line.strip():
                words.append(line.split("\t")[0].lower())
            else:
                yield words
                words = []


def train(paths: Sequence[Path], tokens: int, epochs: int = 5) -> Embeddings:
    """Return vectors from the first tokens of some files."""
    sentences, count = [], 0
    for path in paths:
        for words in read_lines(path):
            if count >= tokens:
                break
            sentences.append(words)
            count += len(words)
    return SkipGram(dim=100, epochs=epochs).train(Corpus.from_sentences(sentences, min_count=5)).embeddings


def read_english(data: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the lemmas and the gloss of each synset of WordNet 3.0."""
    lemmas, glosses = {}, {}
    with lzma.open(data / "kg" / "wordnet-3.0" / "synsets.tsv.xz", "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            synset, _, names, gloss = line.rstrip("\n").split("\t")
            synset = synset.replace("-s", "-a")  # as the tab files have satellites
            lemmas[synset], glosses[synset] = names.split("|"), gloss
    return lemmas, glosses


def read_omw(data: Path, language: str) -> Iterator[tuple[str, str]]:
    """Yield synset and lemma."""
    with lzma.open(data / "kg" / "omw" / f"{OMW[language]}.tab.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            if not line.startswith("#") and fields[1].endswith("lemma"):
                yield fields[0], fields[2]


def make_graph(data: Path, lemmas: Mapping[str, list[str]], *, own_words: bool, share: float = 1.0) -> KnowledgeGraph:
    """Return synsets with names in five languages, or with English names wherever a language has the synset."""

    def kept(synset: str) -> bool:
        return zlib.crc32(synset.encode()) < share * 2**32

    builder = GraphBuilder()
    for synset in filter(kept, lemmas):
        for name in lemmas[synset]:
            builder.term(synset, name, "eng")
    for language in OMW:
        found = [(synset, name) for synset, name in read_omw(data, language) if kept(synset)]
        if not own_words:
            found = [(synset, name) for synset in sorted({s for s, _ in found}) for name in lemmas.get(synset, ())]
        for synset, name in found:
            builder.term(synset, name, language)
    return builder.build()


def split_dictionary(data: Path, language: str, limit: int) -> tuple[Pairs, Dictionary] | None:
    """Return training pairs and the test dictionary of English and a language."""
    folder = data / "bilingual" / "xling-bli" / f"en-{ {'deu': 'de', 'fra': 'fr', 'ita': 'it'}.get(language) }"
    if language == "hun":
        held = read_dictionary(data / "bilingual" / "muse-full" / "en-hu.tsv.xz")
        chosen = [n for n, word in enumerate(held.words) if zlib.crc32(word.encode()) % 5 == 0][:limit]
        words, translations = zip(*((held.words[n], held.translations[n]) for n in chosen), strict=True)
        test = Dictionary(held.name, held.sha256, words, translations)
    elif folder.is_dir():
        test = read_dictionary(next(folder.glob("*test*")))
        held = read_dictionary(next(folder.glob("*train*")))
    else:
        return None
    barred = set(test.words)
    every = zip(held.words, held.translations, strict=True)
    return [(word, other) for word, several in every if word not in barred for other in several], test


def measure(vectors: AlignedSlices, language: str, test: Dictionary) -> tuple[Values, int]:
    """Return what each test word adds to each metric, and how many are missing."""
    sides = [look_up(vectors[label], restrict=20_000) for label in ("eng", language)]
    found = {o.metric: o for o in score_bilingual(*sides, test)}
    return {name: found[name].values[:, 0] for name in METRICS}, found[METRICS[0]].missing


def interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Return a mean with its 95 % bootstrap interval over words."""
    rng = np.random.default_rng(1)
    drawn = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(1_000)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {"median": round(float(values.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def row(
    name: str, system: str, language: str, found: tuple[Values, int], base: tuple[Values, int] | None, **more: Any
) -> dict[str, Any]:
    """Return one row of the table."""
    scores = {metric: interval(values) for metric, values in found[0].items()}
    less = {}
    if base is not None:
        for called, metric in (("less Procrustes", "cosine MRR"), ("less Procrustes with CSLS", "csls MRR")):
            less[called] = interval(found[0][metric] - base[0][metric])
    n = len(found[0][METRICS[0]])
    return {
        "experiment": name,
        "pair": f"eng-{language}",
        "system": system,
        **more,
        **scores,
        **less,
        "n": n,
        "missing": found[1],
    }


def synset_pairs(
    vectors: AlignedSlices, graph: KnowledgeGraph, language: str, exclude: Mapping[str, set[str]]
) -> Pairs:
    """Return the pairs of English and a language that specialization learns from, as words."""
    found = gather_pairs(vectors, graph, languages=["eng", language], exclude=exclude, within=False)
    words = [vectors.embeddings[k].vocabulary.words[r] for k, r in zip(found.languages, found.rows, strict=True)]
    english = vectors.number("eng")
    ends = [sorted(pair, key=lambda item: found.languages[item] != english) for pair in found.pairs.tolist()]
    return [(words[one], words[other]) for one, other in ends]


def compare(
    name: str,
    sides: Mapping[str, Embeddings],
    graph: KnowledgeGraph,
    glosses: Mapping[str, str],
    seeds: Mapping[str, Pairs],
    tests: Mapping[str, Dictionary],
    held_out: str,
) -> list[dict[str, Any]]:
    """Return the scores of all systems for one experiment."""
    exclude = words_of(tests)
    start = map_languages(sides, seeds, base="eng")
    both = {k: seeds[k] + synset_pairs(start, graph, k, exclude) for k in tests}
    seen = [label for label in sides if label != held_out]
    systems = {
        "Procrustes": start,
        "Procrustes, synsets too": map_languages(sides, both, base="eng"),
        "synonyms": TUNED.specialize(start, graph, exclude=exclude),
        "synonyms, own maps": from_settings(shared=False).specialize(start, graph, exclude=exclude),
        "glosses": from_settings(pairs="gloss").specialize(start, graph, exclude=exclude, glosses=glosses),
        "both": from_settings(pairs="both").specialize(start, graph, exclude=exclude, glosses=glosses),
    }
    if len(seen) > 1:
        systems[f"synonyms, without {held_out}"] = TUNED.specialize(start, graph, exclude=exclude, languages=seen)
    rows, base = [], {}
    for system, vectors in systems.items():
        for language, test in tests.items():
            found = measure(vectors, language, test)
            base.setdefault(language, found)
            rows.append(row(name, system, language, found, base[language] if system != "Procrustes" else None))
            told = vectors.metadata.get("specialization", {}).get("pairs", {})
            rows[-1]["pairs"] = sum(told.values()) or ""
    return rows


def from_settings(**settings: Any) -> Specializer:
    """Return the tuned settings with some changed."""
    return Specializer(**{"epochs": TUNED.epochs, "lr": TUNED.lr, "within": TUNED.within, **settings})


def words_of(tests: Mapping[str, Dictionary]) -> dict[str, set[str]]:
    """Return the words of test dictionaries by language."""
    found = {k: {word for several in test.translations for word in several} for k, test in tests.items()}
    return {"eng": {word for test in tests.values() for word in test.words}, **found}


def count_constraints(
    sides: Mapping[str, Embeddings],
    data: Path,
    lemmas: Mapping[str, list[str]],
    seeds: Mapping[str, Pairs],
    tests: Mapping[str, Dictionary],
    budgets: Sequence[int],
) -> list[dict[str, Any]]:
    """Return scores for so many pairs of so many languages; the last language is in none of them."""
    start, exclude, rows = map_languages(sides, seeds, base="eng"), words_of(tests), []
    whole = make_graph(data, lemmas, own_words=False)
    base = {language: measure(start, language, test) for language, test in tests.items()}
    for n in range(2, len(PARTS)):
        every = len(gather_pairs(start, whole, languages=PARTS[:n], exclude=exclude, within=False))
        for budget in (b for b in budgets if b <= every):
            share, found_pairs = budget / every, 0
            for _ in range(5):  # fewer synsets share fewer pairs with others: the share is found by trying
                graph = make_graph(data, lemmas, own_words=False, share=share)
                found_pairs = len(gather_pairs(start, graph, languages=PARTS[:n], exclude=exclude, within=False))
                if abs(found_pairs / budget - 1) < 0.03:
                    break
                share *= budget / found_pairs
            epochs = max(1, round(TUNED.epochs * max(budgets) / found_pairs))
            done = from_settings(epochs=epochs).specialize(start, graph, exclude=exclude, languages=PARTS[:n])
            pairs = sum(done.metadata["specialization"]["pairs"].values())
            for language in (PARTS[1], PARTS[-1]):
                found = measure(done, language, tests[language])
                said = {"languages": n, "pairs": pairs, "learnt": language != PARTS[-1]}
                rows.append(row("constraints", "synonyms", language, found, base[language], **said))
    return rows


def main() -> None:
    """Run both experiments."""
    parser = arguments_parser(__doc__ or "")
    parser.add_argument("--parts", type=int, default=8, help="parts of enwiki2014 for English in the first experiment")
    parser.add_argument("--vectors", nargs="*", default=[], metavar="LANG=PATH", help="vectors of more languages")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()
    tokens, limit = (1_000_000, 500) if options.short else (10**9, 2_000)
    data, wiki = options.data, sorted((options.data / "corpus" / "enwiki2014").glob("*.txt.xz"))
    lemmas, glosses = read_english(data)

    real = {"eng": train(wiki[: options.parts], tokens)}
    real |= {k: train([data / path for path in TEXTS[k]], tokens, 10 if k == "deu" else 5) for k in TEXTS}
    real |= {k: read_vectors(path) for k, _, path in (given.partition("=") for given in options.vectors)}
    split = {k: found for k in real if k != "eng" and (found := split_dictionary(data, k, limit)) is not None}
    seeds, tests = ({k: found[n] for k, found in split.items()} for n in (0, 1))
    sides = {k: side for k, side in real.items() if k == "eng" or k in split}
    graph = make_graph(data, lemmas, own_words=True)
    rows = compare("real", sides, graph, glosses, seeds, tests, "hun")
    show(rows)

    held = read_dictionary(next((data / "bilingual" / "xling-bli" / "en-de").glob("*train*")))
    test = read_dictionary(next((data / "bilingual" / "xling-bli" / "en-de").glob("*test*")))
    barred = set(test.words)
    known = [(word, word) for word in held.words if word not in barred][:500]
    same = Dictionary("same word", test.sha256, test.words[:limit], tuple((word,) for word in test.words[:limit]))
    sides = {k: train([path], tokens) for k, path in zip(PARTS, wiki, strict=False)}
    seeds, tests = ({k: what for k in PARTS[1:]} for what in (known, same))
    graph = make_graph(data, lemmas, own_words=False)
    found = compare("parts", sides, graph, glosses, seeds, tests, PARTS[-1])
    show(found)
    budgets = (1_000, 4_000) if options.short else (1_000, 4_000, 16_000)
    counted = count_constraints(sides, data, lemmas, seeds, tests, budgets)
    show(counted)
    if not options.no_record:
        record("graph_languages", [*rows, *found, *counted])


if __name__ == "__main__":
    main()
