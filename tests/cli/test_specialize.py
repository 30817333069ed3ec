"""The command ``wordvec specialize``: what it reads, writes and says."""

import lzma
import shlex

import numpy as np
import pytest
from click.testing import CliRunner

from wordvec import Embeddings, Vocabulary
from wordvec.cli import cli
from wordvec.knowledge.builder import GraphBuilder
from wordvec.slices import AlignedSlices

WORDS = [f"w{number:02d}" for number in range(30)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with vectors of two languages, a graph of either, and dictionaries."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    base = rng.normal(size=(30, 8))
    turn = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    for language, rows in (("eng", base), ("deu", (base + 0.5 * rng.normal(size=base.shape)) @ turn)):
        words = Vocabulary(tuple(f"{language}{word}" for word in WORDS), np.arange(30, 0, -1))
        Embeddings(words, rows.astype(np.float32)).save(tmp_path / f"{language}.wv")
        builder = GraphBuilder()
        for word in [*WORDS, "unheard"]:
            builder.term(word, f"{language}{word}", language)
        builder.build().save(tmp_path / f"{language}.wvg")
    with lzma.open("train.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"eng{word}\tdeu{word}\n" for word in WORDS[:10])
    (tmp_path / "test.tsv").write_text("".join(f"eng{word}\tdeu{word}\n" for word in WORDS[10:15]))
    return tmp_path


def run(line):
    result = CliRunner().invoke(cli, shlex.split(line))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


BOTH = "specialize eng=eng.wv deu=deu.wv --graph eng.wvg --graph deu.wvg -o out.wvs --rank 8"


def test_languages_are_rotated_and_specialized_and_everything_is_said(folder):
    code, said = run(f"{BOTH} --dictionary deu=train.tsv.xz --exclude eng-deu=test.tsv --epochs 3")
    assert code == 0, said
    for line in (
        "deu rotated by 10 pairs (0 unknown)",
        "out.wvs written: 2 languages, 8 dimensions",
        "eng: 25 words of 31 terms (1 unknown, 5 of the test)",
        "pairs: 25 deu-eng",
        "fewer pairs than a batch of 256: batches of 25",
        "loss ",
    ):
        assert line in said
    done = AlignedSlices.load(folder / "out.wvs")
    assert done.labels == ("eng", "deu") and done.metadata["specialization"]["settings"]["rank"] == 8
    assert run("info out.wvs")[0] == 0 and run("validate out.wvs")[0] == 0
    assert run("nearest out.wvs engw01 --slice eng -k 1")[0] == 0
    again = "specialize out.wvs --graph eng.wvg --graph deu.wvg -o again.wvs --rank 8 --epochs 0"
    assert run(again)[0] == 0
    assert np.array_equal(AlignedSlices.load(folder / "again.wvs")["deu"].vectors, done["deu"].vectors)


def test_a_language_without_pairs_and_too_short_a_dictionary_are_said(folder):
    (folder / "few.tsv").write_text("engw00\tdeuw00\n")
    code, said = run(f"{BOTH} --dictionary deu=few.tsv --learn-from eng --epochs 0")
    assert code == 3 and "no concept has two known words" in said
    builder = GraphBuilder()
    for word, other in zip(WORDS, WORDS[1:] + WORDS[:1], strict=True):
        builder.term(word, f"eng{word}", "eng")
        builder.term(word, f"eng{other}", "eng")
    builder.build().save(folder / "concepts.wvg")
    line = "specialize eng=eng.wv deu=deu.wv --graph concepts.wvg -o out.wvs --rank 8 --dictionary deu=few.tsv"
    code, said = run(f"{line} --epochs 0")
    assert code == 0 and "no pairs: deu" in said
    assert "deu rotated by 1 pairs (0 unknown); fewer than dim 8, so that the rotation is not determined" in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("deu=deu.wv", "deu.wv"), "LANG=VECTORS must look like deu=FILE, got 'deu.wv'"),
        (("deu=deu.wv", "eng=deu.wv"), "LANG=VECTORS names 'eng' twice"),
        (("-o", "--base eng -o"), "--base is for --dictionary"),
        (("-o", "--exclude eng=test.tsv -o"), "--exclude must look like eng-deu=FILE, got eng=test.tsv"),
        (("eng=eng.wv deu=deu.wv", "eng.wv"), "vectors of one language need its code: write eng=eng.wv, say."),
        (("eng=eng.wv deu=deu.wv", "out.wvs --base eng"), "--base and --dictionary rotate vectors that are given as"),
    ],
)
def test_what_was_typed_wrong(folder, change, message):
    code, said = run(BOTH.replace(*change))
    assert code == 2 and message in " ".join(said.split())
    assert not (folder / "out.wvs").exists()


def test_lists_of_synonyms(folder):
    pairs = [f"eng{word} eng{other}" for word, other in zip(WORDS[::2], WORDS[1::2], strict=True)]
    (folder / "list.txt").write_text("\n".join(pairs))
    line = "specialize eng=eng.wv -o out.wvs --rank 4 --epochs 1 --graph"
    code, said = run(f"{line} list.txt")
    assert code == 2 and "which has related, got 'synonym'; name that of a list (--graph synonym=FILE)" in said
    code, said = run(f"{line} synonym=list.txt")
    assert "learning from 15 concepts, 1 epochs" in said and "written: 1 language, 8 dim" in said
    assert code == 0 and "no concept has two names: 15 edges (synonym) taken for concepts" in said
    assert "pairs: 15 eng-eng" in said
    code, said = run(f"{line} list.txt --relation related --overwrite")
    assert code == 0 and "15 edges (related) taken for concepts" in said
    two = "specialize eng=eng.wv deu=deu.wv -o both.wvs --rank 4 --epochs 1 --graph synonym=list.txt"
    code, said = run(two)
    assert code == 3 and "have no language, and there are vectors of several (eng, deu)" in said
    across = [f"eng_eng{word}\tdeu_deu{word}" for word in WORDS]
    (folder / "list.txt").write_text("\n".join(across))
    code, said = run(two)
    assert code == 0 and "pairs: 30 deu-eng" in said
