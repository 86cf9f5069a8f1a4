"""``sekisho read``: what texts say, held against the record."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli import show
from sekisho.cli.failing import unreadable
from sekisho.cli.options import FAULTY, AsJson, KnownOn, RegisterPath, Scenario, confidence, opened
from sekisho.dates import PartialDate
from sekisho.errors import Fault, InputInvalid, OutputRefused, SekishoError, ValueInvalid
from sekisho.problems import fault_fields, faults_of

if TYPE_CHECKING:  # loading the lexicon is only worth its time where texts are read
    from sekisho.reading.desk import Desk
    from sekisho.reading.proposal import Proposal
    from sekisho.reading.reading import Reading
    from sekisho.register.register import Register

Texts = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILES...",
        help="Articles or notices, plain text or HTML; folders of them; - is standard input.",
    ),
]


def read(  # noqa: PLR0913  one option for each thing asked
    files: Texts,
    *,
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="The day of publication, if you know it: YYYY-MM-DD, YYYY-MM or YYYY."
        ),
    ] = None,
    known_on: KnownOn = None,
    least_confidence: Annotated[
        float | None,
        typer.Option(
            parser=confidence,
            metavar="X",
            help="Propose what is at least so sure, 0 to 1, by default 0.46; list the rest apart.",
        ),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.jsonl",
            help="Write one object for each text, in the schema of events; - is standard output.",
        ),
    ] = None,
    desk: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put the proposals on a desk, for sekisho proposals.")
    ] = None,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Reads articles and notices into proposals for the record.

    Each is dated, sourced and held against the record. Nothing is added to the register. Of
    each event the answer says what the text asserts (happened, announced, conditional,
    considered, denied), with its quote, how sure the reader is of it, and whether it is on
    record, contradicted by the record, or new. Exit code 1: some of the files could not be read,
    or not be put on the desk.
    """
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above
    from sekisho.reading.reading import as_record, merged  # noqa: PLC0415  see above

    _refuse_taken(events, files, desk)
    law = opened(register, scenario)
    on = _published(published, law)
    readings, faults, again = _read_all(files, law, on, known_on, least_confidence)
    if events is not None:
        _write(events, (json.dumps(as_record(reading), ensure_ascii=False) for reading in readings))
    new = _put(Desk(desk, create=True), readings, faults) if desk is not None else None
    taken = events is not None and str(events) == "-"
    if faults and not readings:
        raise InputInvalid(faults)
    if as_json and not taken:
        show.as_json(
            {
                "texts": [_full(reading) for reading in readings],
                "told_again": merged(readings),
                "faults": [fault_fields(fault) for fault in faults],
                "notes": again,
            }
        )
    elif not taken:
        for reading in readings:
            _print(reading, law)
        _print_end(readings, merged(readings))
    if new is not None and not as_json and not taken:
        typer.echo(f"{new} new on the desk {desk}; sekisho proposals list shows them")
    _end(faults, again, as_json=as_json)


def _refuse_taken(events: Path | None, files: Sequence[Path], desk: Path | None) -> None:
    """Refuses to write the events over what is read, or over the desk.

    Raises:
        OutputRefused: If their file is one of these.
    """
    from sekisho.cli.texts import texts_of  # noqa: PLC0415  see above

    if events is None or not events.exists():
        return
    texts = [text.path for text in texts_of(files)[0]]
    for what, places in (("the input", texts), ("the desk", [desk] if desk is not None else [])):
        if any(place.exists() and events.samefile(place) for place in places):
            raise OutputRefused(str(events), f"it is {what}", "give another name")


def _put(desk: Desk, readings: Sequence[Reading], faults: list[Fault]) -> int:
    """Puts each text on the desk, and tells those that cannot be; they cost only themselves."""
    new = 0
    for reading in readings:
        try:
            new += desk.put([reading])
        except ValueInvalid as error:
            faults.append(Fault(reading.name, 0, "", error.problem, error.expected))
    return new


def _end(faults: Sequence[Fault], again: Sequence[str], *, as_json: bool) -> None:
    """Tells the texts that could not be read, or are given again; in JSON they stand with the others."""
    for note in () if as_json else again:
        typer.echo(f"note: {note}", err=True)
    for fault in () if as_json else faults:
        typer.echo(f"error: {fault}", err=True)
    if faults:
        raise typer.Exit(FAULTY)


def _published(words: str | None, law: Register) -> PartialDate | None:
    from sekisho.reading.notes import require_plausible  # noqa: PLC0415  see above

    if words is None:
        return None
    try:
        day = PartialDate.parse(words)
    except ValueInvalid as error:
        msg = f"--published {words!r} is not a date"
        raise ValueInvalid(msg, "YYYY-MM-DD, or YYYY-MM or YYYY if the day is not known") from error
    require_plausible(day, law)
    return day


def _read_all(
    files: Sequence[Path],
    law: Register,
    on: PartialDate | None,
    known_on: dt.date | None,
    least_confidence: float | None,
) -> tuple[list[Reading], list[Fault], list[str]]:
    from sekisho.cli.progress import Steps  # noqa: PLC0415  see above
    from sekisho.cli.texts import texts_of  # noqa: PLC0415  see above
    from sekisho.reading.confidence import THRESHOLD  # noqa: PLC0415  see above
    from sekisho.reading.notes import has_words  # noqa: PLC0415  see above
    from sekisho.reading.reading import read as read_text  # noqa: PLC0415  see above

    texts, faults, again = texts_of(files)
    readings = []
    least = THRESHOLD if least_confidence is None else least_confidence
    with Steps() as steps:
        for done, text in enumerate(texts):
            try:
                found = read_text(
                    text.content(), law, name=text.name, published_on=on, known_on=known_on,
                    least_confidence=least,
                )  # fmt: skip
                if has_words(found.text):
                    readings.append(found)
                else:
                    faults.append(Fault(str(text.path), 0, "", found.notes[0], _A_TEXT))
            except SekishoError as error:
                faults += _placed(error, str(text.path))
            except OSError as error:
                faults.append(unreadable(str(text.path), error))
            steps.advance("texts", done + 1, len(texts))
    return readings, faults, again


_A_TEXT = "plain text, or an HTML page that holds its text itself"


def _placed(error: SekishoError, path: str) -> Iterator[Fault]:
    """What is wrong with one text, by the name of its file."""
    for fault in faults_of(error, path) or (Fault(path, 0, "", str(error)),):
        yield replace(fault, file=path)


def _write(path: Path, lines: Iterable[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    if str(path) == "-":
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputRefused(
            str(path), error.strerror or str(error), "name a file in a folder that can be written"
        ) from error


def _full(reading: Reading) -> dict[str, Any]:
    from sekisho.reading.reading import as_record, doubtful_rows  # noqa: PLC0415  see above

    return {
        **as_record(reading),
        "doubtful": doubtful_rows(reading),
        "publication_found_by": reading.published.found_by,
        "publication_sure": reading.published.sure,
        "notes": list(reading.notes),
        "blocks": [[block.part.value, block.start, block.end] for block in reading.blocks],
        "text": reading.text,
    }


def _print(reading: Reading, law: Register) -> None:
    _print_head(reading)
    for proposal, against in reading:
        show.say(_told(proposal), indent=2, hang=4)
        show.say(f'"{" ".join(proposal.quotes[0].text.split())}"', indent=6, hang=1)
        show.say(f"confidence {proposal.confidence:.2f}", indent=6)
        if proposal.condition:
            show.say(f"condition: {proposal.condition}", indent=6, hang=2)
        if proposal.attribution:
            show.say(f"says {proposal.attribution}", indent=6, hang=2)
        for line in _record_lines(against, law):
            show.say(line, indent=6, hang=2)
    if reading.doubtful:
        show.say(f"less sure than {reading.least_confidence:.2f}, and so not proposed:", indent=2, hang=2)
    for proposal in reading.doubtful:
        quote = " ".join(proposal.quotes[0].text.split())
        show.say(f'{_told(proposal)}  {proposal.confidence:.2f}  "{quote}"', indent=4, hang=4)


def _print_head(reading: Reading) -> None:
    """Prints the name of a text, its day, and what to know before trusting what was read of it."""
    when = reading.published
    how = (
        f"{when.date} ({when.found_by.replace('_', ' ')}: {when.evidence})"
        if when.date
        else f"not known{f' ({when.evidence})' if when.evidence else ''}; give it with --published DAY"
    )
    show.heading(reading.name)
    show.say(f"published {how}", indent=2, hang=2)
    for note in reading.notes:
        show.say(f"note: {note}", indent=2, hang=2)
    if not reading.proposals:
        show.say("no event was found", indent=2)


def _told(proposal: Proposal) -> str:
    """A proposal in one line."""
    parties = f"{';'.join(proposal.actor)} -> {';'.join(proposal.counterpart) or '-'}"
    dates = ", ".join(f"{dated.role} {dated.date}" for dated in proposal.dates if dated.date is not None)
    return "  ".join((proposal.id, proposal.type, parties, proposal.status.value, dates or "no date"))


def _record_lines(against: Any, law: Register) -> Iterator[str]:
    where = f", dossier {against.dossier}" if against.dossier else ""
    if against.state == "contradicts":
        for each in against.contradicts:
            yield f"CONTRADICTS the record{where}: {each.field.replace('_', ' ')}: the text says {each.text!r}; the record says {each.record}"  # noqa: E501
            yield from (f"source {line}" for line in show.sources(law, each.sources))
    elif against.state == "on_record":
        adds = "; ".join(against.adds)
        yield f"on record{where}: {', '.join(against.events)}" + (f"; adds {adds}" if adds else "")
    else:
        yield f"new to the record{where}"
    if against.note:
        yield f"note: {against.note}"


def _print_end(readings: Sequence[Reading], again: dict[str, tuple[str, ...]]) -> None:
    states = Counter(against.state.value for reading in readings for _, against in reading)
    texts, told = show.counted(len(readings), "text"), show.counted(sum(states.values()), "proposal")
    sums = f"{states['on_record']} on record, {states['contradicts']} contradict it, {states['new']} new"
    show.heading(f"{texts}, {told}: {sums}")
    for first, others in again.items():
        show.say(f"{first} is told again by {', '.join(others)}", indent=2, hang=2)
    if readings:
        show.say(f"register {readings[0].register}", indent=2)
