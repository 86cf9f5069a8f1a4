"""The text of a page: plain text as it is, HTML by its article; bytes as they declare themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid

_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|meta)\b[^>]{0,500}>|^\s*<(?:p|div)\b", re.IGNORECASE
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,40})", re.IGNORECASE)
_LOOKED_AT = 4096
_BINARY = 0.1
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")
"""Characters that no text is written with, and the mark of what cannot be decoded."""
_MOST_CONTROL = 0.05
_KINDS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "an archive or an office document",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "an archive",
    b"SQLite format 3\0": "a database",
    b"PAR1": "a table in Parquet",
}
"""How files that are no text begin."""


@dataclass(frozen=True, slots=True)
class Page:
    """A text to be read.

    Attributes:
        text: What offsets point into; of HTML the article that was found in it.
        published: The day that the page declares in its own metadata.
    """

    text: str
    published: PartialDate | None = None
    html: bool = False


_HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair, which no encoding can write; a mark of one character stands in for it."""


def page_of(content: str | bytes) -> Page:
    """The text of a file or a string.

    Raises:
        ValueInvalid: If the bytes are not text.
    """
    text = _HALF.sub("\ufffd", content) if isinstance(content, str) else decoded(content)
    if not _HTML.search(text[:_LOOKED_AT]):
        return Page(text)
    return _article(text)


def decoded(content: bytes) -> str:
    """Bytes as text: by mark, as UTF-8, by their own declaration, else as Windows-1252.

    >>> decoded("café".encode("cp1252"))
    'café'

    Raises:
        ValueInvalid: If they are not text.
    """
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if kind is not None:
        raise _no_text(f"it is {kind}")
    text = _as_declared(content)
    if len(_CONTROL.findall(text[:_LOOKED_INTO])) > _MOST_CONTROL * len(text[:_LOOKED_INTO]):
        raise _no_text("it holds many characters that no text is written with")
    return text


_LOOKED_INTO = 100_000


def _no_text(why: str) -> ValueInvalid:
    return ValueInvalid(f"the content is not text: {why}", "plain text or HTML, best in UTF-8")


def _as_declared(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if content.count(0) > _BINARY * len(content):
        raise _no_text("it holds many zero bytes")
    declared = _CHARSET.search(content[:_LOOKED_AT])
    for encoding in ((declared[1].decode("ascii"),) if declared else ()) + ("cp932", "cp949"):
        if encoding in {"cp932", "cp949"} and not _asian(content):
            continue
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", errors="replace")


def _asian(content: bytes) -> bool:
    """Whether so many bytes are beyond ASCII that the text is hardly of Latin letters."""
    high = sum(byte > 127 for byte in content[:_LOOKED_AT])  # noqa: PLR2004
    return high > len(content[:_LOOKED_AT]) / 4


def _article(html: str) -> Page:
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415  slow to import, only HTML needs it
        from trafilatura.settings import Document  # noqa: PLC0415  the same
    except ImportError as error:
        msg = "the text is HTML, and the package that reads HTML is not installed"
        raise ValueInvalid(msg, "pip install 'sekisho[reading]', or give plain text") from error
    found = bare_extraction(html, include_comments=False, favor_recall=True, with_metadata=True)
    if not isinstance(found, Document) or not found.text:
        return Page(_stripped(html), html=True)
    day = PartialDate.parse(found.date) if found.date and _says(html, found.date) else None
    title = f"{found.title}\n\n" if found.title and found.title not in found.text[:300] else ""
    return Page(title + found.text, day, html=True)


def _says(html: str, day: str) -> bool:
    """Whether a page declares a day, so that it is no guess from a year or the address of a picture."""
    return day in html or day.replace("-", "") in html


def _stripped(html: str) -> str:
    """The words of a page in which no article was found."""
    plain = re.sub(r"<(script|style)\b.*?</\1\s*>", " ", html, flags=re.IGNORECASE | re.DOTALL)
    return re.sub(r"<[^>]*>", "\n", plain)
