"""Files that people drop: kept in a folder of their own while they are read, then gone.

Nothing that is uploaded is executed, and no archive is unpacked by its own names.
"""

from __future__ import annotations

import lzma
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.determine.files import FORMATS, read_batches
from sekisho.errors import Fault, InputInvalid
from sekisho.web.problems import too_heavy, too_many_lines
from sekisho.web.settings import Limits
from sekisho.web.weight import UNPACKED, Weighed, require_light

_MEMBERS = 64
_NAME_BYTES = 240
"""The most that a file name may take; file systems take 255."""
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, RuntimeError,
    NotImplementedError, EOFError, OSError,
)  # fmt: skip
"""What an archive or a member that is broken, encrypted or oddly packed raises."""


def safe_name(name: str, default: str = "orders.csv") -> str:
    """A file name that names nothing outside its folder, close to the one given.

    >>> safe_name("../../etc/注文 2019.csv"), safe_name("..")
    ('注文_2019.csv', 'orders.csv')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = re.sub(r"[^\w.\-]", "_", last).lstrip(".")[-80:]
    return kept.encode()[-_NAME_BYTES:].decode("utf-8", "ignore") or default


@contextmanager
def order_file(content: bytes, name: str, limits: Limits) -> Iterator[Path]:
    """A file of order lines on disk while it is read.

    Raises:
        InputInvalid: If it unpacks to too much or its ending is not known.
        Problem: If it holds too many lines, as far as it says so itself.
    """
    named = safe_name(name)
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:
        path = Path(folder) / named
        path.write_bytes(content)
        _require_unpackable(path, limits)
        yield path


def _require_unpackable(path: Path, limits: Limits) -> None:
    match FORMATS.get(path.suffix.lower()):
        case "xlsx":
            with _archive(path) as archive:
                _require_small(path.name, archive)
        case "parquet":
            _require_few_rows(path, limits)
        case None:
            problem = f"the ending {path.suffix!r} is not known"
            raise InputInvalid([Fault(path.name, 0, "", problem, ", ".join(FORMATS))])


def require_weighed(path: Path) -> None:
    """Refuses a table on disk whose cells come to too much when each is written out.

    Raises:
        InputInvalid: If it cannot be read.
        Problem: If it is too heavy.
    """
    match FORMATS.get(path.suffix.lower()):
        case "xlsx":
            weighed = Weighed()
            with _archive(path) as archive:
                _require_small(path.name, archive)
            for batch in read_batches(path):
                weighed.add(batch.columns.values())
        case "parquet":
            with _whole_parquet(path):
                require_light(path, pq.read_metadata(path))


@contextmanager
def _whole_parquet(path: Path) -> Iterator[None]:
    """Tells what Arrow finds wrong with a file in the words of the input."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        fault = Fault(path.name, 0, "", f"not a whole Parquet file: {error}", "a Parquet file")
        raise InputInvalid([fault]) from error


def _require_few_rows(path: Path, limits: Limits) -> None:
    with _whole_parquet(path):
        metadata = pq.read_metadata(path)
        if metadata.num_rows > limits.bulk_lines:
            raise too_many_lines(limits.bulk_lines)
        groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
        if sum(group.total_byte_size for group in groups) > UNPACKED:
            raise too_heavy(UNPACKED)
        require_light(path, metadata)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        fault = Fault(path.name, 0, "", f"not a readable archive: {error}", "a whole file; write it again")
        raise InputInvalid([fault]) from error


def _require_small(name: str, archive: zipfile.ZipFile) -> None:
    total = sum(member.file_size for member in archive.infolist())
    if total > UNPACKED:
        problem = f"it unpacks to {total:,} bytes"
        raise InputInvalid([Fault(name, 0, "", problem, f"at most {UNPACKED:,} bytes")])


@contextmanager
def folder_of(files: Collection[tuple[str, bytes]], endings: Collection[str]) -> Iterator[Path]:
    """Files, or the files of one zip archive, in a folder of their own while they are read.

    Args:
        files: Name and content of each.
        endings: The endings that are taken, such as ``.csv``.

    Raises:
        InputInvalid: With everything that is wrong with their names and sizes.
        Problem: If the cells of one come to too much.
    """
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:
        root = Path(folder)
        for name, content in _members(files):
            if Path(name).suffix.lower() in endings:
                (root / name).write_bytes(content)
                require_weighed(root / name)
        yield root


def _members(files: Collection[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        if not name.lower().endswith(".zip"):
            yield safe_name(name), content
            continue
        with tempfile.TemporaryFile() as held:
            held.write(content)
            held.seek(0)
            yield from _unzipped(name, held)


def _unzipped(name: str, held: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(held)
    except _BROKEN as error:
        fault = Fault(name, 0, "", f"not a readable archive: {error}", "a zip file")
        raise InputInvalid([fault]) from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        faults = list(_name_faults(name, members))
        if faults:
            raise InputInvalid(faults)
        _require_small(name, archive)
        for member in members:
            try:
                yield PurePosixPath(member.filename).name, archive.read(member)
            except _BROKEN as error:
                fault = Fault(name, 0, member.filename, f"it cannot be unpacked: {error}", "a plain zip file")
                raise InputInvalid([fault]) from error


def _name_faults(name: str, members: list[zipfile.ZipInfo]) -> Iterator[Fault]:
    """What is wrong with the names of an archive: they may stand in one folder, and climb nowhere."""
    if len(members) > _MEMBERS:
        yield Fault(name, 0, "", f"it holds {len(members)} files", f"at most {_MEMBERS}")
        return
    folders = {PurePosixPath(member.filename).parent for member in members}
    if len(folders) > 1:
        yield Fault(name, 0, "", "its files stand in several folders", "all of them in one folder")
    for member in members:
        path = PurePosixPath(member.filename)
        climbs = path.is_absolute() or ".." in path.parts or "\\" in member.filename
        if climbs or safe_name(path.name) != path.name:
            problem = "the name leads out of the folder or holds signs that are not taken"
            yield Fault(name, 0, member.filename, problem, "a plain file name such as sites.csv")
