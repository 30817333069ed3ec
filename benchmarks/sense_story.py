"""Which senses grew? Words of two corpora whose senses shifted, as they stand in ``docs/senses-example.md``.

    python benchmarks/sense_story.py

Trains the disambiguated skip-gram, as it comes, on the State of the Union addresses (1790-2021) and on the general
debates of the United Nations (1946-2018), follows some words through their slices and writes the page. The words were
chosen by hand, after looking at many; the senses, their shares and the sentences were not. Nothing is timed.
"""

from collections.abc import Iterator
from pathlib import Path

from harness import arguments_parser

import wordvec as wv
from wordvec.senses.slices import SenseSlices

PAGE = Path(__file__).resolve().parents[1] / "docs" / "senses-example.md"
HEAD = """# Senses through time: an example

Made by `benchmarks/sense_story.py` with one seed: the disambiguated skip-gram as it comes, trained on all slices of a
corpus together; then the share of each sense in every slice, with 95 % intervals over documents (addresses,
speeches). The words were chosen by hand after looking at many; senses, neighbors, shares and sentences are what the
program says. A sense has a number, not a name: read it. Not all three senses of a word are senses; some are topics.
"""
SOTU_BINS = "1790-1859,1860-1899,1900-1945,1946-1980,1981-2021"
UN_SLICES = ("1946-1956", "1975-1977", "1992-1994", "2015-2018")


def state_of_the_union(data: Path) -> wv.Corpus:
    """Return the addresses in five slices."""
    reading = wv.Reading(header=r"^### (\d{4})", bins=SOTU_BINS)
    return wv.encode(data / "corpus" / "sotu" / "sotu-1790-2021.txt.xz", reading=reading, min_count=5)


def general_debates(data: Path) -> wv.Corpus:
    """Return the speeches in four slices."""
    folder = data / "corpus" / "ungd"
    paths = {label: folder / f"ungd-{label}.txt.xz" for label in UN_SLICES}
    return wv.encode_slices(paths, reading=wv.Reading(header="^### "), min_count=20)


def tell(corpus: wv.Corpus, words: list[str]) -> Iterator[str]:
    """Yield the lines of the page on some words of a corpus."""
    senses = wv.DisambiguatedSkipGram().train(corpus)
    slices = wv.align_senses(senses, corpus, words=words)
    for word in words:
        yield from tell_word(slices, corpus, word)


def tell_word(slices: SenseSlices, corpus: wv.Corpus, word: str) -> Iterator[str]:
    """Yield a table of the shares of a word's senses, and a sentence for each."""
    table = wv.list_prevalences(slices, [word])
    yield f"\n### {word}\n"
    yield f"| sense | nearest | {' | '.join(slices.labels)} |"
    yield f"| --- | --- |{' --- |' * len(slices.labels)}"
    for sense, rows in table.groupby("sense"):
        near = ", ".join(found.word for found in slices.compass.nearest(word, int(sense), k=5))
        shares = (f"{row.prevalence:.0%} ({row.low:.0%}-{row.high:.0%})" for row in rows.itertuples())
        yield f"| {word}#{sense} | {near} | {' | '.join(shares)} |"
    yield ""
    for example in wv.sense_examples(slices.compass, corpus, word, k=1):
        yield f"- {word}#{example.sense}: {example.text}"


def main() -> None:
    options = arguments_parser(__doc__ or "").parse_args()
    stories = [("State of the Union, 1790-2021", state_of_the_union, ["security", "industry", "energy"])]
    if not options.short:
        stories.append(
            ("General debates of the United Nations, 1946-2018", general_debates, ["climate", "trust", "platform"])
        )
    lines = [HEAD]
    for title, read, words in stories:
        lines += [f"\n## {title}", *tell(read(options.data), words)]
    if not options.short:
        PAGE.write_text("\n".join(lines).replace("\n\n\n", "\n\n") + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
