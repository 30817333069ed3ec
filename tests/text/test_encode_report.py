"""What an encoding left out, or found odd, is in its report."""

from pathlib import Path

from wordvec.text.encode import Reading, encode


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_report_says_what_was_dropped_and_why(tmp_path: Path) -> None:
    text = "the the the sea sea sea\n\nof of rare " + "x" * 256 + "\n---\nrare2\n"
    corpus = encode(write(tmp_path, "text.txt", text), min_count=2, max_size=2)
    assert corpus.metadata["report"] == {
        "files": {"read": 1, "empty": 0, "left_out": {}, "with_cr_line_ends": 0},
        "lines": {
            "read": 5,
            "sentences": 1,
            "blank": 1,
            "headers": 0,
            "outside_bins": 0,
            "without_words": 1,
            "without_kept_words": 2,
        },
        "documents": {"read": 2, "kept": 1, "without_kept_words": 1, "outside_bins": 0},
        "tokens": {"read": 11, "kept": 6, "below_min_count": 2, "beyond_max_size": 2, "too_long": 1},
        "types": {"read": 5, "kept": 2, "below_min_count": 2, "beyond_max_size": 1},
        "unsegmented": {"tokens": 0},
        "characters": {"undecodable": 0},
        "slices": [{"label": "all", "documents": 1, "sentences": 1, "tokens_read": 11, "tokens": 6, "share": 1.0}],
    }
    assert corpus.metadata["settings"] == {
        "tokenizer": "words",
        "case": "lower",
        "encoding": "utf-8",
        "errors": "strict",
        "documents": None,
        "header": None,
        "bins": None,
        "min_count": 2,
        "max_size": 2,
        "vocabulary": None,
    }


def test_clauses_of_scripts_without_spaces_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "text.txt", "我们今天去公园。公园\nthe sea " + "我们" * 200 + "\n我们今天去公园\n")
    assert encode(path, min_count=1).metadata["report"]["unsegmented"] == {"tokens": 3}
    segmented = Reading(tokenizer="whitespace")
    assert encode(path, reading=segmented, min_count=1).metadata["report"]["unsegmented"] == {"tokens": 0}


def test_files_in_a_folder_that_give_nothing_are_counted(tmp_path: Path) -> None:
    for name, text in (("a.txt", ""), ("b.txt", "a b"), ("c.md", "x"), (".d", "x")):
        write(tmp_path, name, text)
    assert encode(tmp_path, min_count=1).metadata["report"]["files"] == {
        "read": 2,
        "empty": 1,
        "left_out": {".md": 1, "hidden": 1},
        "with_cr_line_ends": 0,
    }
