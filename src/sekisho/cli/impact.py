"""``sekisho impact``: what a change of the law does to the order lines of files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    FAULTY,
    AsJson,
    KnownOn,
    OrderFiles,
    Picture,
    RatesFile,
    RegisterPath,
    Scenario,
    day,
    opened,
    rates_of,
)
from sekisho.cli.progress import Bar
from sekisho.cli.watch import as_json as watched_as_json
from sekisho.cli.watch import keep, look, print_kept, print_watch, require_alone
from sekisho.errors import Fault, InputInvalid, NotFound, OutputRefused
from sekisho.register.register import Register

if TYPE_CHECKING:  # these read and write files with Arrow, which is slow to import
    from sekisho.determine.impact import Impact
    from sekisho.determine.impact_groups import Group
    from sekisho.determine.law_change import LawChange
    from sekisho.determine.rates import Rates
    from sekisho.determine.totals import Amount, Total

_FAULTS_SHOWN = 20
_NAMES_SHOWN = 6


def impact(  # noqa: PLR0913  one option for each thing asked
    files: OrderFiles,
    *,
    before: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DAY", help="The law of this day ...")
    ] = None,
    after: Annotated[
        dt.date | None, typer.Option(parser=day, metavar="DAY", help="... against the law of this later day.")
    ] = None,
    event: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The day on which an event took effect against the day before."),
    ] = None,
    scenario: Scenario = None,
    old_register: Annotated[
        Path | None,
        typer.Option("--old-register", metavar="PATH", help="Compare with the register in this folder."),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(metavar="STATE", help="What differs since STATE (.parquet) was written; rewrites it."),
    ] = None,
    known_on: KnownOn = None,
    rates: RatesFile = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write the lines that flip here.")
    ] = None,
    picture: Picture = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Tells which order lines a change of the law flips.

    It tells by which rule, what they need now, and what would let them ship. The change is
    two days, an event, a scenario (against the record without it), or an older register.
    With days or an event every line is decided as if it shipped on the one day and on the
    other, and the lines that ship before the change are counted apart. Exit code 1 says that
    some lines have faults.
    """
    from sekisho.determine.runs import find_inputs  # noqa: PLC0415  see above

    inputs, places = find_inputs(files), _Places(output, picture)
    places.check(inputs)
    if watch is not None:
        others = {"--before": before, "--after": after, "--event": event, "--old-register": old_register}
        require_alone(others)
        faulty = _watch(
            inputs, watch, opened(register, scenario), known_on, rates_of(rates), places, as_json=as_json
        )
    else:
        asked = {"before": before, "after": after, "event": event, "known_on": known_on}
        law = _asked(register, scenario, old_register, **asked)
        faulty = _hold(inputs, law, rates_of(rates), places, as_json=as_json)
    if faulty:
        raise typer.Exit(FAULTY)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the lines and the picture go, if they are asked for."""

    output: Path | None
    picture: Path | None

    def check(self, inputs: Sequence[Path]) -> None:
        """Refuses a place that cannot be written, before any work is done."""
        output = self.output
        if self.picture is not None:
            from sekisho.pictures import require_format  # noqa: PLC0415  only for a picture

            require_format(self.picture)
        for place in (place for place in (output, self.picture) if place is not None):
            if place.exists() and any(place.samefile(file) for file in inputs):
                raise OutputRefused(str(place), "it is the input", "give another name")
            if not place.absolute().parent.is_dir():
                raise OutputRefused(str(place), "there is no such folder", "make it first")

    def fill(self, found: Impact) -> None:
        """Writes the lines and draws the picture."""
        if self.output is not None:
            _write(self.output, found)
        if self.picture is not None:
            from sekisho.pictures import impact as drawn  # noqa: PLC0415  only for a picture
            from sekisho.pictures import write  # noqa: PLC0415  only for a picture

            title = "What a change of the law does to the order lines"
            pictures, lead = drawn.impact_pictures(found), drawn.impact_lead(found)
            write(self.picture, title, pictures, lead, drawn.impact_tables(found))

    def words(self, found: Impact) -> list[str]:
        """What was written where."""
        lines = f"{found.lines.num_rows:,} lines to {self.output}"
        told = [lines] if self.output is not None else []
        return [*told, *([f"a picture to {self.picture}"] if self.picture is not None else [])]


def _hold(
    inputs: Sequence[Path], law: LawChange, rates: Rates | None, places: _Places, *, as_json: bool
) -> int:
    """Holds files against a change of the law; the number of lines with faults."""
    found = _assess(inputs, law, rates)
    places.fill(found)
    if as_json:
        show.as_json(_as_json(found, places.output))
    else:
        _print(found)
        _print_found(found, places)
    return found.faulty


def _watch(  # noqa: PLR0913  one argument for each thing asked
    inputs: Sequence[Path],
    path: Path,
    law: Register,
    known_on: dt.date | None,
    rates: Rates | None,
    places: _Places,
    *,
    as_json: bool,
) -> int:
    """Holds files against a state on file, and puts the next state into its place last."""
    from sekisho.determine.flips import State  # noqa: PLC0415  see above

    since, watcher = look(inputs, path, State(law, known_on), rates)
    found = since.impact
    places.fill(found)
    if as_json:
        show.as_json(watched_as_json(since, _as_json(found, places.output), path))
    else:
        print_watch(since, path)
        _print_found(found, places)
    keep(watcher, path)
    if not as_json:
        print_kept(path)
    return found.faulty


def _asked(register: Path | None, scenario: Path | None, old: Path | None, **asked: Any) -> LawChange:
    """The change of the law that the options name.

    Raises:
        InputInvalid: If they name none, or more than one.
    """
    from sekisho.determine.law_change import change_of  # noqa: PLC0415  see above

    days = asked["before"] is not None or asked["after"] is not None
    named = [days, asked["event"] is not None, old is not None]
    if sum(named) > 1 or not (any(named) or scenario is not None):
        problem = (
            "they name more than one change of the law" if any(named) else "no change of the law is named"
        )
        expected = "--before DAY --after DAY, or --event ID, or --scenario PATH, or --old-register PATH"
        raise InputInvalid([Fault("options", 0, "", problem, expected)])
    if days and (asked["before"] is None or asked["after"] is None):
        missing = "--before" if asked["before"] is None else "--after"
        raise InputInvalid([Fault(missing, 0, "", "it is missing", "two days: --before DAY --after DAY")])
    if old is not None:
        return change_of(opened(old, None), opened(register, scenario), **asked)
    if any(named):
        return change_of(opened(register, scenario), **asked)
    return change_of(opened(register, None), opened(register, scenario), **asked)


def _assess(inputs: Sequence[Path], law: LawChange, rates: Rates | None) -> Impact:
    from sekisho.determine.check import require_columns  # noqa: PLC0415  see above
    from sekisho.determine.files import read_batches  # noqa: PLC0415  see above
    from sekisho.determine.impact import Assessment  # noqa: PLC0415  see above
    from sekisho.determine.runs import read_keys  # noqa: PLC0415  see above

    assessment = Assessment(law, rates)
    assessment.read_again_by(lambda: chain.from_iterable(read_keys(inputs)))
    with Bar(list(inputs)) as bar:
        for path in inputs:
            for batch in read_batches(path):
                require_columns(path.name, batch.columns, dated=False)
                assessment.batch(batch, path.name)
                bar.advance(batch)
    return assessment.result()


def _write(output: Path, found: Impact) -> None:
    from sekisho.determine.output import Writer  # noqa: PLC0415  see above

    writer = Writer(output)
    try:
        for batch in found.lines.combine_chunks().to_batches() or [_nothing(found)]:
            writer.write(batch)
        writer.close()
    except BaseException as error:
        writer.discard()
        if isinstance(error, OSError):
            problem = error.strerror or str(error)
            raise OutputRefused(str(output), problem, "mend that or give another place") from None
        raise


def _nothing(found: Impact) -> Any:
    import pyarrow as pa  # noqa: PLC0415  see above

    columns = [pa.array([], field.type) for field in found.lines.schema]
    return pa.RecordBatch.from_arrays(columns, schema=found.lines.schema)


def _as_json(found: Impact, output: Path | None) -> dict[str, object]:
    from sekisho.determine.impact_fields import impact_fields  # noqa: PLC0415  see above

    return {**impact_fields(found), "output": str(output) if output else None}


def _print(found: Impact) -> None:
    law = found.change
    show.say(f"{law.words}; {show.read_by(law.after.register, law.known_on)}")
    if law.event is not None:
        show.say(law.event.summary, indent=2)
    for note in (*show.supposed(law.after.register), *(f"note: {note}" for note in law.notes)):
        show.say(note, indent=2, hang=2)
    show.heading(f"Lines answered otherwise: {found.flipped:,} of {found.looked_at:,}")
    others = found.looked_at - found.decided
    if others:
        show.say(f"the change does not concern {others:,}, which were not decided anew", indent=2)
    show.table([(f"{count:,}", _TIMINGS[name]) for name, count in found.timings.items()], frozenset({0}))
    if found.open:
        show.say(f"besides, {found.open:,} that the change may reach cannot be told: facts are missing", 2, 2)


def _print_found(found: Impact, places: _Places) -> None:
    """Prints the groups, what is missing, and the faults."""
    law = found.change
    _print_total("What the change reaches", found.affected)
    for group in found.groups:
        _print_group(group, law)
    show.section("Missing facts of the lines that cannot be told (lines)", _asked_for(found.questions))
    if found.faulty:
        show.section(f"Faults ({found.faulty:,} lines)", map(str, found.faults[:_FAULTS_SHOWN]))
        if len(found.faults) > _FAULTS_SHOWN:
            show.say(f"and {len(found.faults) - _FAULTS_SHOWN:,} more", indent=2)
    show.section("Written", places.words(found))


_TIMINGS: Mapping[str, str] = {
    "ships_after": "ship after the change",
    "ships_before": "ship before the change, if they leave on their day",
    "changed_again": "ship when the law has changed once more",
    "no_date": "state no day",
}
"""When lines ship, in words."""


def _asked_for(questions: Mapping[str, int]) -> list[str]:
    return [f"{name} ({count:,})" for name, count in questions.items()]


def _print_total(title: str, total: Total) -> None:
    if total.lines:
        show.section(title, _total_lines(total))


def _total_lines(total: Total) -> Iterator[str]:
    more = f"; {total.unvalued:,} without a value" if total.unvalued else ""
    yield f"{total.lines:,} lines{f', the first on {total.first_ship_date}' if total.first_ship_date else ''}"
    if total.values:
        yield f"value: {_amounts(total.values)}{more}"
    if total.quantities:
        yield f"quantity: {_amounts(total.quantities)}"
    if total.counterparties:
        yield f"counterparties: {_some(total.counterparties)}"


def _amounts(amounts: Sequence[Amount]) -> str:
    return ", ".join(f"{each.amount:,.10g} {each.unit or '(no unit)'}" for each in amounts)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown


def _print_group(group: Group, law: LawChange) -> None:
    show.heading(f"By {', '.join(group.rules) or 'no single row of law'}: {group.lines:,} lines")
    for name in group.rules:
        show.say(_rule_text(name, law.after.register, law.before.register), indent=2, hang=2)
    if group.event:
        show.say(f"event {group.event}, {group.changed_on or 'day not known'}", indent=2, hang=2)
    changes = ", ".join(f"{count:,} {answer}" for answer, count in group.answers.items())
    show.say(f"answers: {changes}", indent=2, hang=2)
    if not group.affected.lines:
        show.say("none of them ships after the change", indent=2)
        return
    show.say("of those that the change reaches:", indent=2)
    for line in (*_total_lines(group.affected), *_need_lines(group, law.known_on)):
        show.say(line, indent=4, hang=2)
    if group.releases:
        show.say("what would let them ship (lines):", indent=4)
        rows = [(f"    {each.lines:,}", str(each.action)) for each in group.releases]
        show.table(rows, frozenset({0}))


def _rule_text(name: str, after: Register, before: Register) -> str:
    for register in (after, before):
        try:
            row = register.find(name)
        except NotFound:
            continue
        return show.record_text(row)
    return name


def _need_lines(group: Group, known_on: dt.date | None) -> Iterator[str]:
    for need in group.needs:
        days = f", about {need.review_days} days" if need.review_days is not None else ""
        count = f"{need.lines:,} " if len(group.needs) > 1 else ""
        office = f", from {need.office}" if need.office else ""
        yield f"{count}now need: {need.licence_type} licence{office}{days}".replace("_", " ")
        if need.papers:
            yield f"papers: {need.papers}"
        if need.in_time is not None and need.review_days is not None:
            yield (
                f"applied for on {known_on}, {need.in_time:,} of {need.lines:,} would have it"
                " on their day by the usual review"
            )
