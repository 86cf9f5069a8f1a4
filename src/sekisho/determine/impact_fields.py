"""An impact by field, as JSON holds it: the same on the command line, over HTTP and for assistants."""

from __future__ import annotations

from sekisho.determine.flips import State
from sekisho.determine.impact import Impact
from sekisho.determine.impact_groups import Group
from sekisho.plain import plain


def impact_fields(found: Impact) -> dict[str, object]:
    """What a change of the law does to order lines, with every line that flips or is open."""
    law = found.change
    return {
        "change": law.words, "before": _state(law.before), "after": _state(law.after),
        "event": law.event.id if law.event else None, "effective": plain(law.effective),
        "notes": list(law.notes), "lines": found.looked_at, "decided": found.decided,
        "flipped": found.flipped, "open": found.open, "timings": dict(found.timings),
        "affected": plain(found.affected), "groups": [_group_fields(group) for group in found.groups],
        "questions": dict(found.questions), "faulty": found.faulty, "faults": plain(found.faults),
        "flipped_lines": plain(found.lines.to_pylist()),
    }  # fmt: skip


def _state(state: State) -> dict[str, object]:
    return {
        "in_force_on": plain(state.in_force_on), "known_on": plain(state.known_on),
        "register": state.register.fingerprint, "scenario": state.register.scenario,
    }  # fmt: skip


def _group_fields(group: Group) -> dict[str, object]:
    fields = plain(group)
    assert isinstance(fields, dict)  # noqa: S101  a record is told by its fields
    fields["releases"] = [
        {"action": each.action.code, "words": str(each.action), "lines": each.lines}
        for each in group.releases
    ]
    return fields
