"""Order lines on a cluster: the same decisions, made where the lines are.

Each worker gets the register once and decides the batches of its partitions with the
engine of one machine, so a line has the same answer wherever it is decided. Needs
``pip install 'sekisho[spark]'``.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as sf
from pyspark.sql.types import LongType, StringType, StructField, StructType

from sekisho.dates import require_day
from sekisho.determine.cells import texts
from sekisho.determine.check import (
    OUTPUT,
    Checker,
    Wanted,
    plain_decisions,
    require_columns,
    require_wanted,
)
from sekisho.determine.files import BATCH, Batch, arrow_batch, name_columns
from sekisho.determine.intake import KEY
from sekisho.determine.rates import Rates
from sekisho.determine.shipments import require_register
from sekisho.errors import Fault, InputInvalid, OutputRefused, ValueInvalid
from sekisho.register.open import open_register
from sekisho.register.register import Register

KEYS = ("compared", "trusted")
_TIMES = "sekisho_times"
"""Holds how many lines have the key of a row, on its way to the workers."""


def check(  # noqa: PLR0913  one argument for each choice, as for a frame
    df: DataFrame,
    *,
    register: Register | None = None,
    known_on: dt.date | str | None = None,
    rates: Rates | None = None,
    columns: Sequence[str] = OUTPUT,
    carry: str = "other",
    keys: str = "compared",
) -> DataFrame:
    """Decides the order lines of a Spark data frame; nothing runs until it is asked for.

    Args:
        df: Order lines; columns as for :func:`sekisho.check`, in any order.
        register: The register to decide by; the shipped one if not given.
        known_on: What was known on this day; all that is recorded if not given. The name
            of a column takes the day of each row from it.
        rates: Exchange rates for values not in JPY.
        columns: The columns of the decision that are wanted.
        carry: Columns of the frame to give beside the key: ``other`` (those that no rule
            reads), ``all`` or ``none``.
        keys: ``compared`` makes every line of a key that several lines have undetermined,
            which takes a shuffle of the keys; ``trusted`` takes keys to be unique.

    Returns:
        A data frame with one row for each line: the key of the line, the columns of the
        decision, and those carried.

    Raises:
        InputInvalid: If needed columns are missing or two have one meaning.
        ValueInvalid: If an argument is of another kind.
    """
    register = open_register() if register is None else register
    wanted = Wanted(tuple(columns), carry)
    _require_arguments(register, known_on, wanted, keys)
    names = name_columns("frame", df.columns, 0)
    require_columns("frame", names, known_on if isinstance(known_on, str) else "")
    lines = df.toDF(*names)
    if keys == "compared" and any(name in names for name in KEY):
        lines = _with_times(lines, [name for name in KEY if name in names])
    checker = Checker(register, known_on, rates, wanted=wanted, compare_keys=False)
    schema = _schema(checker, lines)
    return lines.mapInArrow(_decider(lines, (register, known_on, rates, wanted)), schema)


def _require_arguments(register: object, known_on: object, wanted: Wanted, keys: str) -> None:
    require_register(register)
    require_wanted(wanted)
    if known_on is not None and not isinstance(known_on, str):
        require_day("known_on", known_on)
    if keys not in KEYS:
        msg = f"keys is {keys!r}"
        raise ValueInvalid(msg, ", ".join(KEYS))


def _with_times(lines: DataFrame, key: list[str]) -> DataFrame:
    """Lines with how many have their key; a line without a key counts for itself."""
    cells = [sf.coalesce(sf.col(name).cast("string"), sf.lit("")) for name in key]
    times = sf.count(sf.lit(1)).over(Window.partitionBy(*cells))
    stated = sf.concat(*cells) != ""
    return lines.withColumn(_TIMES, sf.when(stated, times).otherwise(1))


def _schema(checker: Checker, lines: DataFrame) -> StructType:
    fields = {field.name: field.dataType for field in lines.schema if field.name != _TIMES}
    given = checker.fields(fields)
    kinds = {name: fields[carried] if carried else StringType() for name, carried in given.items()}
    if not given.get("review_days", "x"):
        kinds["review_days"] = LongType()
    return StructType([StructField(name, kind) for name, kind in kinds.items()])


Settings = tuple[Register, dt.date | str | None, Rates | None, Wanted]
Decide = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def _decider(lines: DataFrame, settings: Settings) -> Decide:
    """What a worker does with the batches of a partition."""
    packed = pickle.dumps(settings)
    try:
        sent = lines.sparkSession.sparkContext.broadcast(packed)
    except Exception:  # noqa: BLE001  a session of Spark Connect has no context: the plan carries it

        def unpacked() -> bytes:
            return packed
    else:

        def unpacked() -> bytes:
            found: bytes = sent.value
            return found

    def decide(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        checker = _checker(unpacked())
        for records in _gathered(batches):
            yield plain_decisions(checker.batch(_batch(records)))

    return decide


@lru_cache(maxsize=2)
def _checker(packed: bytes) -> Checker:
    """The checker of a worker; it keeps what it has decided for the next partition."""
    register, known_on, rates, wanted = pickle.loads(packed)  # noqa: S301  sent by our own driver
    return Checker(register, known_on, rates, wanted=wanted, compare_keys=False)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Small batches put together, since each batch has a cost of its own."""
    kept: list[pa.RecordBatch] = []
    for records in batches:
        kept.append(records)
        if sum(one.num_rows for one in kept) >= BATCH:
            yield _joined(kept)
            kept = []
    if kept:
        yield _joined(kept)


def _joined(kept: list[pa.RecordBatch]) -> pa.RecordBatch:
    table = pa.Table.from_batches(kept).combine_chunks()
    return next(iter(table.to_batches()), kept[0])


def _batch(records: pa.RecordBatch) -> Batch:
    """Records as a batch, where a key that several lines have is a fault of each."""
    batch = arrow_batch(records, 1)
    if _TIMES not in batch.columns:
        return batch
    columns = dict(batch.columns)
    times = np.asarray(columns.pop(_TIMES))
    broken = {at: _double(columns, at, times[at]) for at in np.flatnonzero(times > 1).tolist()}
    return Batch(columns, batch.lines, broken)


def _double(columns: dict[str, Any], at: int, count: int) -> Fault:
    names = [name for name in KEY if name in columns]
    key = "/".join(texts(columns[name].slice(at, 1))[0] for name in names)
    problem = f"the key {key!r} stands on {count} lines"
    return Fault("", 0, names[-1], problem, "a key of its own for each line")


_FORMATS = {".parquet": "parquet", ".csv": "csv", ".jsonl": "json", ".ndjson": "json"}


def check_paths(
    inputs: Sequence[Path],
    output: Path,
    checker: Checker,
    *,
    file_format: str = "parquet",
    keys: str = "compared",
    master: str | None = None,
) -> dict[str, int]:
    """Decides files with Spark and writes a folder of parts.

    Args:
        inputs: Parquet, CSV or JSON lines, all of one format.
        output: The folder to write; must not be there yet.
        checker: Says by which register, day, rates and columns.
        file_format: ``parquet``, ``csv`` or ``jsonl``.
        keys: As for :func:`check`.
        master: Where Spark runs, such as ``local[4]``; as it is configured if not given.

    Returns:
        The number of lines by answer; the only thing that comes back to this process.
    """
    if output.exists():
        raise OutputRefused(str(output), "it is there already", "give the name of a new folder")
    builder = SparkSession.builder.appName("sekisho")
    session = (builder.master(master) if master else builder).getOrCreate()
    made = check(
        _read(session, inputs), register=checker.register, known_on=checker.known_on, rates=checker.rates,
        columns=checker.wanted.columns, carry=checker.wanted.carry, keys=keys,
    )  # fmt: skip
    kind = _FORMATS[f".{file_format}"]
    made.write.format(kind).option("header", value=True).save(str(output.absolute()))
    written = session.read.format(kind).option("header", value=True).load(str(output.absolute()))
    if "answer" not in written.columns:
        return {"": written.count()}
    return {row["answer"]: row["count"] for row in written.groupBy("answer").count().collect()}


def _read(session: SparkSession, inputs: Sequence[Path]) -> DataFrame:
    found = {_FORMATS.get(path.suffix.lower(), path.suffix) for path in inputs}
    if len(found) != 1 or not found <= set(_FORMATS.values()):
        problem = f"the inputs are of the formats {', '.join(sorted(found))}"
        advice = f"files of one of the endings {', '.join(_FORMATS)}"
        raise InputInvalid([Fault(inputs[0].name, 0, "", problem, advice)])
    (kind,) = found
    reader = session.read.format(kind).option("header", value=True).option("escape", '"')
    return reader.option("primitivesAsString", value=True).load([str(path.absolute()) for path in inputs])
