"""The tables of a report as files for other programs."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..disk import check_file_output, flush, writing
from ..errors import ResourceError, require

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_tables"]


def write_tables(path: Path | str, table: "pd.DataFrame", *, overwrite: bool = False) -> None:
    """Write a drift table as ``.tsv`` or ``.parquet``; the file appears whole or not at all.

    Parameters
    ----------
    path : Path or str
        File to write; its ending says the format. Parquet keeps every digit and ``attrs`` (settings, what was left
        out, notes); a tab-separated file has six digits and the rows alone.
    table : pandas.DataFrame
        Every row of it is written.
    overwrite : bool, default False
        Replace a file that is there.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    ResourceError
        If the file is there already or cannot be written, or Parquet is asked for and pyarrow is missing.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_tables(f"{folder}/drift.tsv", pd.DataFrame({"word": ["war"], "drift": [0.5]}))
    ...     Path(f"{folder}/drift.tsv").read_text()
    'word\\tdrift\\nwar\\t0.5\\n'
    """
    path = Path(path)
    ending = path.suffix.lower()
    require(ending in (".tsv", ".parquet"), "path", "a file that ends in .tsv or .parquet", path.name)
    check_file_output(path, overwrite=overwrite)
    if ending == ".parquet":
        _check_pyarrow()
    with writing(path, overwrite=overwrite) as stream:
        if ending == ".tsv":
            text = table.to_csv(sep="\t", index=False, float_format="%.6g", lineterminator="\n")
            stream.write(text.encode("utf-8", "replace"))
        else:
            table.to_parquet(stream, engine="pyarrow", index=False)
        flush(stream)


def _check_pyarrow() -> None:
    try:
        import_module("pyarrow")
    except ImportError:
        raise ResourceError(
            "Parquet needs pyarrow, which is not installed: pip install 'wordvec[tables]', or write a .tsv."
        ) from None
