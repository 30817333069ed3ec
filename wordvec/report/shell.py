"""What is around the body of every page: one file that asks nothing of any network."""

import base64
import hashlib

from .markup import text
from .stylesheet import STYLE

__all__ = ["page_html"]


def page_html(title: str, body: str, *, script: str = "") -> str:
    """Return a whole page.

    Parameters
    ----------
    title : str
        What the browser's tab says; escaped here.
    body : str
        HTML.
    script : str, optional
        The one script that may run, named by its digest: should text of a corpus ever look like a script, it stays
        inert all the same.

    Examples
    --------
    >>> "<title>a &lt; b</title>" in page_html("a < b", "<p>c</p>")
    True
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f" script-src 'sha256-{digest}';" if script else ""
    at_end = f"<script>{script}</script>\n" if script else ""
    return (
        "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        "<meta http-equiv='Content-Security-Policy' "
        f"content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;{allowed} base-uri 'none'; "
        "form-action 'none'\">\n"
        f"<title>{text(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n{body}\n{at_end}</body>\n</html>\n"
    )
