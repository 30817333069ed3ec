"""Variant spellings become one word, and are counted; maps that contradict themselves are refused."""

from pathlib import Path

import numpy as np
import pytest

from wordvec.errors import FormatError
from wordvec.text.encode import Reading, encode
from wordvec.text.normalize import Normalizer
from wordvec.text.phrases import PhraseMerger


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_variants_are_replaced_and_counted(tmp_path: Path) -> None:
    spellings = write(tmp_path, "map.tsv", "Musick\tmusic\ncolour\tcolor\n\ncolour\tColor\nsea\tSea\n")
    text = write(tmp_path, "t.txt", "Muſick musick MUSICK music.\nThe ﬁrſt colour, color sea\nrare musick\n")
    corpus = encode(text, normalizer=Normalizer.from_parts(["long-s", spellings]), min_count=2)
    assert dict(zip(corpus.vocabulary.words, corpus.vocabulary.counts.tolist(), strict=True)) == {
        "music": 5,
        "color": 2,
    }
    assert corpus.sentence(0) == ["music"] * 4
    assert corpus.metadata["report"]["normalization"] == {
        "variants": 2,
        "letters": 8,
        "left_out": {"duplicates": 1, "no_change": 1},
        "types": 4,
        "tokens": 6,
        "most_frequent": [["musick", "music", 3], ["colour", "color", 1], ["muſick", "music", 1]],
    }  # ﬁrſt was replaced, too, but first is no word of the corpus
    assert corpus.metadata["settings"]["normalization"]["parts"] == ["long-s", "map.tsv"]


def test_text_without_variants_is_the_same_with_a_map(tmp_path: Path) -> None:
    text = write(tmp_path, "t.txt", "the sea and the war\nthe sea\n")
    spellings = write(tmp_path, "map.tsv", "colour\tcolor\n")
    plain, mapped = encode(text, min_count=1), encode(text, min_count=1, normalizer=Normalizer.from_parts([spellings]))
    assert plain.digest == mapped.digest
    assert "normalization" not in plain.metadata["report"] and "normalization" not in plain.metadata["settings"]


def test_a_variant_is_part_of_a_phrase_under_its_new_spelling(tmp_path: Path) -> None:
    text = write(tmp_path, "t.txt", "the muſick hall\nthe music hall\n")
    merger = PhraseMerger.from_texts(["music hall"])
    corpus = encode(text, phrases=merger, normalizer=Normalizer(variants={"muſick": "music"}), min_count=1)
    assert corpus.counts[0, corpus.vocabulary["music_hall"]] == 2
    assert corpus.metadata["report"]["normalization"]["tokens"] == 1


def test_only_text_of_the_corpus_is_counted(tmp_path: Path) -> None:
    text = write(tmp_path, "t.txt", "# 1790 colour\nthe colour the color\n# 2000 colour\ncolour the\n")
    reading = Reading(header="^# ([0-9]+)", bins="1700-1799")
    corpus = encode(text, reading=reading, min_count=1, normalizer=Normalizer(variants={"colour": "color"}))
    assert corpus.metadata["report"]["normalization"]["tokens"] == 1


def test_variants_of_a_second_block_are_found(tmp_path: Path) -> None:
    words = [f"w{number}x" for number in range(40_000)]
    text = write(tmp_path, "t.txt", "\n".join([*words, *words]) + "\nw0x")
    normalizer = Normalizer(variants={word: f"{word}y" for word in words[::2]})
    corpus = encode(text, min_count=1, normalizer=normalizer)
    assert corpus.metadata["report"]["normalization"]["tokens"] == 40_001
    assert set(corpus.vocabulary.words) == {word + "y" * (n % 2 == 0) for n, word in enumerate(words)}
    assert np.unique(corpus.vocabulary.counts).tolist() == [2, 3]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("a\tb\na\tc\n", r"map.tsv, line 2: 'a' becomes 'c', and 'b' by .*map.tsv, line 1; leave one of the lines out"),
        (
            "x\ty\na\tb\nb\tc\n",
            r"line 2: 'a' becomes 'b', and 'b' becomes 'c' \(.*line 3\): a chain; give each variant",
        ),
        ("a\tb\nB\tA\n", r"line 1: 'a' becomes 'b', and 'b' becomes 'a' \(.*line 2\): a circle; give each variant"),
        ("a b\n", r"line 1: expected a variant, a tab and a word, got 'a b'"),
        ("a\tb\tc\n", r"line 1: expected a variant, a tab and a word"),
        ("to day\ttoday\n", r"line 1: 'to day' is 2 words to the tokenizer 'words'; a variant and what it becomes are"),
        ("a\t...\n", r"line 1: '...' is 0 words to the tokenizer 'words'"),
        ("", r"map.tsv is empty"),
    ],
)
def test_a_map_that_says_nothing_clear_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        Normalizer.from_parts([write(tmp_path, "map.tsv", lines)])


def test_maps_may_not_contradict_each_other(tmp_path: Path) -> None:
    one, two = write(tmp_path, "one.tsv", "a\tb\n"), write(tmp_path, "two.tsv", "\nb\tc\n")
    with pytest.raises(
        FormatError, match=r"one.tsv, line 1: 'a' becomes 'b', and 'b' becomes 'c' \(.*two.tsv, line 2\)"
    ):
        Normalizer.from_parts([one, two])


def test_case_is_kept_where_the_text_keeps_it(tmp_path: Path) -> None:
    path = write(tmp_path, "map.tsv", "Colour\tColor\n")
    normalizer = Normalizer.from_parts([path], case="keep")
    assert normalizer.normalize("Colour") == "Color" and normalizer.normalize("colour") == "colour"


def test_british_spellings_become_american(shared_data: Path, tmp_path: Path) -> None:
    import json

    pairs = json.loads((shared_data / "eval/semantic-change/us-uk/british_spellings.json").read_text("utf-8"))
    lines = [f"{british}\t{american}" for british, american in pairs.items()]
    normalizer = Normalizer.from_parts([write(tmp_path, "map.tsv", "\n".join(lines))])
    text = shared_data / "corpus/gutenberg-19c/uk.txt.xz"
    sample = tmp_path / "uk.txt"
    import lzma

    with lzma.open(text, "rt", encoding="utf8") as stream:
        sample.write_text("".join(line for line, _ in zip(stream, range(20_000), strict=False)), "utf-8")
    corpus = encode(sample, normalizer=normalizer)
    assert "color" in corpus.vocabulary and "colour" not in corpus.vocabulary
    assert corpus.metadata["report"]["normalization"]["tokens"] > 500
