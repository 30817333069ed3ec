"""A list of words is a vocabulary, or is refused by line."""

import lzma
from pathlib import Path

import pytest

from wordvec.errors import FormatError
from wordvec.text.word_list import read_word_list


def test_words_keep_their_order_and_case_and_are_brought_to_nfc(tmp_path: Path) -> None:
    path = tmp_path / "words.txt.xz"
    path.write_bytes(lzma.compress("\ufeffUS\n\n sea \r\nkira\u0301ly\t12\n".encode()))
    words = read_word_list(path)
    assert (words.words, words.counts.tolist()) == (("US", "sea", "király"), [0, 0, 12])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n \n", "{path} holds no word."),
        (
            "sea\nNew York\n",
            "{path}, line 2: expected a word, or a word, a tab and its count, got 'New York'; a vocabulary is a "
            "corpus, vectors, aligned slices, or a list of words.",
        ),
        (
            "sea\tmany\n",
            "{path}, line 1: expected a word, or a word, a tab and its count, got 'sea\\tmany'; a vocabulary is a "
            "corpus, vectors, aligned slices, or a list of words.",
        ),
        (
            "\t3\n",
            "{path}, line 1: expected a word, or a word, a tab and its count, got '3'; a vocabulary is a corpus, "
            "vectors, aligned slices, or a list of words.",
        ),
        ("sea\nwar\nsea\t3", "{path}, line 3: the word 'sea' is there already, in line 1."),
    ],
)
def test_what_is_no_list_of_words(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "words.txt"
    path.write_text(content)
    with pytest.raises(FormatError) as caught:
        read_word_list(path)
    assert str(caught.value) == message.format(path=path)
