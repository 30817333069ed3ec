"""Damage is found, wherever it is."""

import hashlib
import json

import numpy as np
import pytest

from wordvec import AlignedSlices, Corpus, Embeddings, Training, Vocabulary
from wordvec.artifact_writer import ArtifactWriter
from wordvec.errors import CorruptFileError, FormatError
from wordvec.files.validate import validate
from wordvec.files.word2vec import write_word2vec

WORDS = Vocabulary(("sea", "war", "tea"), np.array([4, 3, 2]))


def some(seed=0):
    return Embeddings(WORDS, np.random.default_rng(seed).normal(size=(3, 4)).astype(np.float32))


def digest(embeddings):
    return hashlib.sha256(embeddings.vectors.tobytes()).hexdigest()


def save_aligned(path, *, parent=None, before=None, after=None, compass=True):
    """Write aligned slices as the compass aligner does; the digests are right unless given."""
    context = some(9)
    right = digest(context)
    aligned = AlignedSlices(
        ("then", "now"), (some(1), some(2)), WORDS, np.ones((2, 3), int), None, {"compass_sha256": parent or right}
    )
    with ArtifactWriter(path, kind="slices") as writer:
        if compass:
            Training(some(3), context, (1.0,)).save(writer.child_folder("compass"))
            writer.adopt_child("compass")
        for number, embeddings in enumerate(aligned.embeddings, start=1):
            metadata = {"compass_sha256_before": before or right, "compass_sha256_after": after or right}
            if number == 1:
                metadata = {"compass_sha256_before": right, "compass_sha256_after": right}
            metadata = {key: value for key, value in metadata.items() if value != "none"}
            part = Embeddings(WORDS, embeddings.vectors, metadata)
            part.save(writer.child_folder(f"slices/{number:04d}"))
            writer.adopt_child(f"slices/{number:04d}")
        aligned.vocabulary.save(writer)
        writer.array("counts", aligned.counts)
        writer.commit({**aligned.metadata, "labels": list(aligned.labels)})


def test_what_is_whole(tmp_path):
    some().save(tmp_path / "v.wv")
    assert validate(tmp_path / "v.wv") == 3
    Training(some(), some(1), (1.0,)).save(tmp_path / "t.wv")
    assert validate(tmp_path / "t.wv") == 4
    write_word2vec(some(), tmp_path / "v.txt")
    assert validate(tmp_path / "v.txt") == 1
    save_aligned(tmp_path / "a.wvs")
    assert validate(tmp_path / "a.wvs") == 3 + 4 + 3 + 3


def test_slices_without_a_compass_are_whole_too(tmp_path):
    AlignedSlices(("one",), (some(),), WORDS, np.ones((1, 3), int)).save(tmp_path / "a.wvs")
    assert validate(tmp_path / "a.wvs") == 6


@pytest.mark.parametrize(
    "change, message",
    [
        ({"after": "0" * 64}, r"slices/0002-\w+: compass_sha256_after is not the digest of the compass; a slice moved"),
        ({"before": "0" * 64}, r"slices/0002-\w+: compass_sha256_before is not the digest of the compass"),
        ({"parent": "0" * 64}, r"a.wvs: compass_sha256 is not the digest of the compass"),
        ({"after": "none"}, r"slices/0002-\w+: the digests of the compass before and after are not recorded"),
        ({"compass": False}, r"a.wvs records a compass and does not hold it"),
    ],
)
def test_a_compass_that_moved(tmp_path, change, message):
    save_aligned(tmp_path / "a.wvs", **change)
    with pytest.raises(CorruptFileError, match=message):
        validate(tmp_path / "a.wvs")


def test_a_compass_that_is_not_recorded(tmp_path):
    save_aligned(tmp_path / "a.wvs")
    file = tmp_path / "a.wvs" / "metadata.json"
    metadata = json.loads(file.read_text("utf-8"))
    del metadata["compass_sha256"]
    file.write_text(json.dumps(metadata), "utf-8")
    with pytest.raises(CorruptFileError, match=r"a.wvs: compass_sha256 is not recorded"):
        validate(tmp_path / "a.wvs")


def test_every_flipped_byte_of_a_payload_is_found(tmp_path):
    save_aligned(tmp_path / "a.wvs")
    for file in sorted((tmp_path / "a.wvs").rglob("*")):
        if file.is_dir() or file.name in ("metadata.json", "run.json"):
            continue
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(CorruptFileError, match=file.name):
            validate(tmp_path / "a.wvs")
        file.write_bytes(content)
    assert validate(tmp_path / "a.wvs") == 13


def test_vectors_that_are_not_finite(tmp_path):
    vectors = np.ones((3, 4), np.float32)
    vectors[1, 2] = np.nan
    Embeddings(WORDS, vectors).save(tmp_path / "v.wv")
    with pytest.raises(CorruptFileError, match=r"v.wv: row 2 of 'vectors' is not finite"):
        validate(tmp_path / "v.wv")


def test_ids_out_of_range(tmp_path, monkeypatch):
    monkeypatch.setattr(Corpus, "document_digests", np.zeros(2, np.uint64))  # no kernel needed
    corpus = Corpus.from_sentences({"then": [["a", "b"], ["b"]]}, min_count=1)
    corpus.ids.setflags(write=True)
    corpus.ids[0] = 7
    corpus.save(tmp_path / "c.wvc")
    with pytest.raises(CorruptFileError, match=r"c.wvc: the arrays of this corpus do not fit together"):
        validate(tmp_path / "c.wvc")


def test_a_vector_file_that_is_cut(tmp_path):
    (tmp_path / "v.txt").write_bytes(b"2 2\ncat 1.5 2.5\n")
    with pytest.raises(CorruptFileError, match="the header promises 2 words, the file ends after 1"):
        validate(tmp_path / "v.txt")


def test_what_is_no_vector_file_at_all(tmp_path):
    (tmp_path / "notes.txt").write_text("shopping list\n")
    with pytest.raises(FormatError, match="expected 'words dim'"):
        validate(tmp_path / "notes.txt")
    with pytest.raises(FormatError, match=r"none does not exist\."):
        validate(tmp_path / "none")
