"""The tokenizers keep to their written rules."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import ParameterError
from wordvec.text.tokenize import find_words, is_unsegmented, tokenize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ... -- ' ", []),
        ("It's a well-known fact.", ["it's", "a", "well-known", "fact"]),
        ("It’s a well‐known, well‑known fact", ["it's", "a", "well-known", "well-known", "fact"]),
        ("‘quoted’ 'tis -dash- end-", ["quoted", "tis", "dash", "end"]),
        ("rock--n''roll", ["rock", "n", "roll"]),
        ("co\u00adop\u00aderate", ["cooperate"]),
        ("e\u00ad\u0301", ["é"]),
        ("cafe\u0301 CAFÉ", ["café", "café"]),
        ("می\u200cخواهم \u200cx\u200c", ["می\u200cخواهم", "x"]),
        ("क्\u200dष", ["क्\u200dष"]),
        ("1790-1859 3.5 x_y", ["1790-1859", "3", "5", "x", "y"]),
        ("❤\ufe0f love", ["love"]),
        ("ΟΔΟΣ", ["οδος"[:-1] + "ς"]),
        ("İstanbul", ["i̇stanbul"]),
        ("中文。文字", ["中文", "文字"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert tokenize(text) == expected


def test_case_is_kept_on_demand() -> None:
    assert tokenize("US and us", case="keep") == ["US", "and", "us"]
    assert tokenize("US and us") == ["us", "and", "us"]


def test_whitespace_keeps_punctuation_and_typography() -> None:
    assert tokenize("Don’t ,  stop\u3000now", tokenizer="whitespace") == ["don’t", ",", "stop", "now"]


@settings(deadline=None)
@given(st.text())
def test_tokens_are_normal_and_hold_no_white_space(text: str) -> None:
    for name in ("words", "whitespace"):
        for token in tokenize(text, tokenizer=name):
            assert token
            assert unicodedata.is_normalized("NFC", token)
            assert token.split() == [token]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_quick_way_for_ascii_is_the_general_one(text: str) -> None:
    assert find_words(text) == [t for t in find_words(text + " é") if t != "é"]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=4), st.sampled_from([" ", "\t", "\u3000", "\u2028"]))
def test_a_text_may_be_cut_at_white_space(parts: list[str], space: str) -> None:
    for name in ("words", "whitespace"):
        apart = [token for part in parts for token in tokenize(part, tokenizer=name)]
        assert tokenize(space.join(parts), tokenizer=name) == apart


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"^tokenizer must be one of words, whitespace, got 'nltk'$"):
        tokenize("a", tokenizer="nltk")
    with pytest.raises(ParameterError, match=r"^case must be one of lower, keep, got 'upper'$"):
        tokenize("a", case="upper")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们今天去公园看花", True),
        ("今日は公園へ行きました", True),
        ("ประเทศไทยมีอากาศร้อนมาก", True),
        ("ປະເທດລາວມີອາກາດຮ້ອນ", True),
        ("ប្រទេសកម្ពុជាមានអាកាសធាតុក្តៅ", True),
        ("မြန်မာနိုင်ငံသည်ပူသည်", True),
        ("公园", False),
        ("コンピューター", False),  # one loan word
        ("ประเทศไทย", False),
        ("Donaudampfschifffahrtsgesellschaft", False),
        ("достопримечательность", False),
        ("대한민국에서는", False),  # Korean has spaces
    ],
)
def test_clauses_of_scripts_without_spaces(text: str, expected: bool) -> None:
    assert find_words(text) == [text]
    assert is_unsegmented(text) is expected
