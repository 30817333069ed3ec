"""Ids that are given fast are those of the plain tokenizer's words, whatever the text."""

import unicodedata
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.text import word_ids
from wordvec.text.tokenize import CASES, MAX_TOKEN, TOKENIZERS, is_unsegmented, spell
from wordvec.text.word_ids import FIRST_WORD, TOO_LONG, TOO_LONG_CLAUSE, WordIds, describe_character

KINDS = [(tokenizer, case) for tokenizer in TOKENIZERS for case in CASES]
#: One of each for the whole session, so that texts meet characters, words and runs that earlier ones left behind.
LASTING = {kind: WordIds(*kind) for kind in KINDS}


def plain(text: str, tokenizer: str, case: str) -> Iterator[list[str | int]]:
    """Yield the words of each line; numbers for tokens that are none."""
    for line in text.split("\n"):
        found: list[str | int] = []
        for token in TOKENIZERS[tokenizer](line):
            word = spell(token, case) if len(token) <= MAX_TOKEN else ""
            long = TOO_LONG_CLAUSE if is_unsegmented(token) else TOO_LONG
            found.append(word if 0 < len(word) <= MAX_TOKEN else long)
        yield found


def fast(text: str, ids: WordIds) -> Iterator[list[str | int]]:
    """Yield the same from ids."""
    encoded = text.encode()
    cut = ids.cut(encoded)
    assert cut is not None
    assert cut.breaks.tolist() == [place for place, byte in enumerate(encoded) if byte == 10]
    words = ids.words()
    found = [words[number - FIRST_WORD] if number >= FIRST_WORD else number for number in cut.ids.tolist()]
    start = 0
    for end in [*cut.ends.tolist(), len(found)]:
        yield found[start:end]
        start = end


EVERYDAY = "aZ09'-\u2019\u2010\u2011 \n\t\r\x0b\x1c\x1f\x85\u00a0\u3000\u2028,<>=;`_éÉßẞΣσςİıÅ中กあ가\u1100\u1161\u11a8"
CHANGING = "aeéÉ=< '-\u0301\u0307\u0338\u00ad\u200c\u200d\u0344\u0958\u212a\u037e\u1fef\U0001d160"
LONG = ["a", "é", "中", "ก", "b'", "-", " ", "\u0301", ",", "\u2014"]
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text(st.characters(max_codepoint=127)),
    st.text(st.sampled_from(EVERYDAY)),
    st.text(st.sampled_from(CHANGING)),
    st.lists(st.sampled_from(LONG).map(lambda c: c * 86)).map("".join),
    st.lists(st.tuples(st.sampled_from("aé中İ\u0301-—"), st.integers(1, 260)).map(lambda p: p[0] * p[1])).map(" ".join),
)


@settings(deadline=None, max_examples=500)
@given(TEXTS)
def test_any_text_has_the_words_of_the_plain_tokenizer(text: str) -> None:
    for kind, ids in LASTING.items():
        assert list(fast(text, ids)) == list(plain(text, *kind))


def test_words_from_many_blocks_outgrow_every_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_ids, "_MOST_RUNS", 10)
    ids, known = WordIds("words", "lower"), {}
    for block in range(30):
        text = " ".join(f"word{k} long-{'é' * 30}-{k} cafe\u0301{k}" for k in range(block * 500, block * 600 + 500))
        for word in next(plain(text, "words", "lower")):
            known.setdefault(word, len(known) + FIRST_WORD)
        assert list(fast(text, ids)) == list(plain(text, "words", "lower"))
    assert len(ids) == len(known)
    assert set(ids.words()) == set(known)


def test_new_words_get_the_next_ids_and_keep_them() -> None:
    ids = WordIds("words", "lower")
    for _ in range(2):
        cut = ids.cut("The sea\nTHE sea’s É\n".encode())
        assert cut is not None
        assert (cut.ids - FIRST_WORD).tolist() == [0, 1, 0, 2, 3]
    assert ids.words() == ["the", "sea", "sea's", "é"]


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_is_not_utf8_has_no_ids(kind: tuple[str, str]) -> None:
    ids = WordIds(*kind)
    for broken in (b"a \xff", b"caf\xe9 a", b"\xcc\x81 e\xcc\x81\xc3 a", b"\xed\xa0\x80"):
        assert ids.cut(broken) is None
        assert ids.cut(b"") is not None


def test_characters_that_answer_for_themselves_never_join_their_neighbors() -> None:
    seconds = set()
    for point in range(0x110000):
        parts = unicodedata.decomposition(chr(point)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    seconds |= {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    assert len(seconds) > 60
    for second in sorted(seconds):
        if second < "\U00010000":  # beyond, all go to the plain tokenizer
            for tokenizer, case in KINDS:
                assert describe_character(second, TOKENIZERS[tokenizer], case) == 1 << 31


def test_characters_are_described_as_the_plain_tokenizer_takes_it() -> None:
    everyday = [p for p in range(0x80, 0x10000) if not 0x3100 <= p <= 0xD7A3 and not 0xD800 <= p <= 0xF8FF]
    for kind in (("words", "lower"), ("whitespace", "keep")):
        ids = LASTING[kind]
        for first in range(0, len(everyday), 512):
            text = "\n".join(f"a{chr(p)}b {chr(p)} 'A{chr(p)}" for p in everyday[first : first + 512])
            assert list(fast(text, ids)) == list(plain(text, *kind)), first


def test_hashes_that_collide_cost_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for seed in (0, 1, 2**64 - 1):
        monkeypatch.setattr(word_ids.secrets, "randbits", lambda _, seed=seed: seed)
        ids = WordIds("words", "keep")
        cut = ids.cut(" ".join(np.base_repr(k, 36) for k in range(20_000)).encode())
        assert cut is not None
        found.append(cut.ids.copy())
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])
