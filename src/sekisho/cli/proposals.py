"""``sekisho proposals``: what became of what texts told, and what it would change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli import show
from sekisho.cli.options import AsJson, RegisterPath, confidence, day, opened
from sekisho.errors import ValueInvalid

if TYPE_CHECKING:  # a desk is only worth its time where one is read
    from sekisho.reading.desk import Decided, Kept
    from sekisho.reading.overlay import Outcome

DeskPath = Annotated[Path, typer.Option("--desk", metavar="FILE", help="The desk where proposals wait.")]
_DESK = Path("proposals.sqlite")


def list_proposals(
    *,
    desk: DeskPath = _DESK,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only these: open, accepted or rejected.")
    ] = None,
    least_confidence: Annotated[
        float | None,
        typer.Option(parser=confidence, metavar="X", help="Only those that are at least so sure, 0 to 1."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lists the proposals on the desk, each with how sure the reader is of it."""
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above

    if state not in {None, "open", "accepted", "rejected"}:
        msg = f"--state {state!r} is not known"
        raise ValueInvalid(msg, "open, accepted or rejected")
    least = least_confidence or 0.0
    found = [kept for kept in Desk(desk).all() if state in {None, kept.state} and kept.confidence >= least]
    if as_json:
        show.as_json([_kept(kept) for kept in found])
        return
    show.table(
        [
            (
                kept.id,
                kept.state,
                f"{kept.confidence:.2f}",
                _head(kept),
                " ".join(str(kept.rows[0]["quote"]).split()),
            )
            for kept in found
        ]
    )
    typer.echo(f"{show.counted(len(found), 'proposal')} on {desk}")


def _head(kept: Kept) -> str:
    row = kept.rows[0]
    return f"{row['type']} {row['actor']} -> {row['counterpart']} {row['status']} {row['date']}".rstrip()


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.id, "text": kept.text, "published": kept.published, "state": kept.state, "dossier": kept.dossier,  # noqa: E501
        "confidence": kept.confidence,
        "rows": list(kept.rows), "decisions": [show.plain(each) for each in kept.history],
    }  # fmt: skip


Id = Annotated[str, typer.Argument(metavar="ID", help="Id of a proposal.")]


def show_proposal(name: Id, *, desk: DeskPath = _DESK, as_json: AsJson = False) -> None:
    """Shows one proposal: its quote in the text, its dates, what the record says, who decided what."""
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above

    found = Desk(desk)
    kept = found.get(name)
    if as_json:
        show.as_json(_kept(kept))
        return
    row = kept.rows[0]
    show.say(f"{kept.id}: {_head(kept)}; {kept.state}")
    show.say(f"confidence {kept.confidence:.2f}", indent=2)
    text = found.text_of(kept.text)
    start, end = row["quote_start"], row["quote_end"]
    show.say(
        f"...{' '.join(text[max(0, start - 120) : start].split())} >>{' '.join(text[start:end].split())}<< {' '.join(text[end : end + 120].split())}...",  # noqa: E501
        indent=2,
    )
    show.section("Dates", [f"{each['date_role']} {each['date'] or 'not told'}" for each in kept.rows])
    against = row["against_record"]
    show.section(
        "Against the record",
        [
            f"{against['state']} {', '.join(against['events'])}",
            *(
                f"{each['field']}: text {each['text']!r}, record {each['record']}"
                for each in against["contradicts"]
            ),
        ],
    )
    show.section(
        "Decisions", [f"{each.verdict} by {each.by} on {each.on}: {each.reason}" for each in kept.history]
    )


By = Annotated[str, typer.Option(metavar="NAME", help="The person who decides.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
On = Annotated[dt.date, typer.Option("--on", parser=day, metavar="DAY", help="The day of the decision.")]


def accept(  # noqa: PLR0913  one option for each thing asked
    name: Id,
    *,
    by: By,
    reason: Reason,
    on: On,
    announced: Annotated[
        dt.date | None,
        typer.Option(
            parser=day, metavar="DAY", help="The day it was announced; needed where the text tells no day."
        ),
    ] = None,
    dossier: Annotated[
        str, typer.Option(metavar="ID", help="Where it belongs, if the reader did not find it.")
    ] = "",
    overlay: Annotated[Path, typer.Option(metavar="FOLDER", help="The local overlay to write.")] = Path(
        "overlay"
    ),
    desk: DeskPath = _DESK,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Accepts a proposal: it becomes an event of a local overlay, laid over the register with --scenario.

    The overlay changes no row of law. The register that is shipped is never written. The day of
    publication is not taken for the day of an act: where the text tells none, --announced does.
    """
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above
    from sekisho.reading.overlay import decide_and_write  # noqa: PLC0415  see above

    found = Desk(desk)
    outcome = decide_and_write(
        found, opened(register, None), overlay, name, "accepted", by=by, reason=reason, on=on,
        dossier=dossier, announced=announced,
    )  # fmt: skip
    _decided(found.get(name), outcome, overlay, as_json=as_json)
    if not as_json:
        events = show.counted(len(outcome.events), "accepted event")
        typer.echo(f"{events} in {overlay}; use it with --scenario {overlay}")


def reject(  # noqa: PLR0913
    name: Id,
    *,
    by: By,
    reason: Reason,
    on: On,
    overlay: Annotated[
        Path, typer.Option(metavar="FOLDER", help="The local overlay to write anew, if it is there.")
    ] = Path("overlay"),
    desk: DeskPath = _DESK,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Rejects a proposal; if it had been accepted, that is undone, and its event leaves the overlay."""
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above
    from sekisho.reading.overlay import decide_and_write  # noqa: PLC0415  see above

    found = Desk(desk)
    outcome = decide_and_write(
        found, opened(register, None), overlay, name, "rejected", by=by, reason=reason, on=on
    )
    _decided(found.get(name), outcome, overlay, as_json=as_json)


def _decided(kept: Kept, outcome: Outcome, overlay: Path, *, as_json: bool) -> None:
    if as_json:
        told = {"overlay": str(overlay) if outcome.overlay else None, "events": outcome.events}
        undone = {"undone": outcome.undone, "left": outcome.left, "note": outcome.note}
        show.as_json({**_kept(kept), "changed": outcome.changed, **told, **undone})
        return
    last = kept.history[-1]
    already = "" if outcome.changed else " (it was already)"
    typer.echo(f"{kept.id} {kept.state} by {last.by} on {last.on}{already}")
    if outcome.undone is not None:
        show.say(_undone(outcome.undone, outcome, overlay), indent=2, hang=2)
    elif outcome.left:
        show.say(f"{', '.join(outcome.left)} left {overlay}", indent=2, hang=2)
    if outcome.note:
        show.say(outcome.note, indent=2, hang=2)


def _undone(before: Decided, outcome: Outcome, overlay: Path) -> str:
    """What decision is undone, and what became of its event in the overlay."""
    what = "acceptance" if before.verdict == "accepted" else "rejection"
    told = f"its {what} by {before.by} on {before.on} is undone"
    if before.verdict == "rejected":
        return told
    if not outcome.overlay:
        return f"{told}; there is no overlay {overlay} to take its event from: if it stands elsewhere, say where with --overlay"  # noqa: E501
    if not outcome.left:
        return f"{told}; no event left {overlay}"
    return f"{told}; {', '.join(outcome.left)} left {overlay}"


def scenario(
    name: Id,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.toml", help="The scenario to write.")
    ],
    effective: Annotated[
        dt.date | None,
        typer.Option(
            parser=day, metavar="DAY", help="The day to try it from; needed where the text tells none."
        ),
    ] = None,
    desk: DeskPath = _DESK,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Writes a proposal, accepted or not, as a scenario to be tried with --scenario.

    It assumes that what the event reverses is undone row by row, and says which rows. What the
    text denies takes effect on no day: it is tried from the day of --effective only.
    """
    from sekisho.reading.desk import Desk  # noqa: PLC0415  see above
    from sekisho.reading.tried import write_scenario  # noqa: PLC0415  see above

    law = opened(register, None)
    tried = write_scenario(Desk(desk), law, output, name, effective)
    if as_json:
        show.as_json(tried)
        return
    show.say(f"written to {output}: event {tried.event}, effective {tried.effective}")
    if tried.assumed:
        show.say(f"assumed: {tried.assumed}", hang=2)
    if tried.reverses:
        show.say(
            f"assumed: it undoes {tried.reverses}; {len(tried.ends)} rows of law end, {len(tried.returns)} stand again"  # noqa: E501
        )
    else:
        show.say(
            "nothing on record is undone by it: no row of law changes. Add rows to the file if you know them."
        )
