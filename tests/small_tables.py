"""Small tables of texts, and what a corpus that was made from one says."""

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode
from wordvec.text.records import Records

ROWS = [
    {"id": "a", "year": 1846, "speaker": "Ann", "text": "the sea\nthe old sea"},
    {"id": "b", "year": 1853, "speaker": "Bob", "text": "the war, the sea"},
    {"id": "c", "year": 1859, "speaker": "Ann", "text": "an old war"},
]


def write_csv(path: Path, rows: list[dict[str, Any]], separator: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def by_decade(path: Path, **options: Any) -> Corpus:
    records = Records(**{"date_column": "year", "slice_by": "decade", **options})
    return encode(path, reading=Reading(records=records), min_count=1)


def seen(corpus: Corpus) -> dict[str, Any]:
    """Return all that a corpus says of its documents."""
    offsets = corpus.documents.offsets
    quoted = [[corpus.line(n) for n in range(a, b)] for a, b in pairwise(offsets.tolist())]
    columns = {
        name: [None if code < 0 else column.values[code] for code in column.codes]
        for name, column in corpus.documents.columns.items()
    }
    return {
        "labels": corpus.labels,
        "names": corpus.documents.names,
        "dates": corpus.documents.dates,
        "lines": quoted,
        "columns": columns,
        "digest": corpus.metadata["digest"],
    }
