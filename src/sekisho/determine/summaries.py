"""What came out of a run so far, as JSON and back, so that a stopped run can go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sekisho.determine.check import Summary
from sekisho.errors import Fault

_COUNTS = ("answers", "questions", "dated_by", "gaps", "blocked")
_PLAIN = ("rows", "faulty", "texts", "keys_compared")


def summary_json(summary: Summary) -> dict[str, Any]:
    """A summary as JSON, without how many kinds this process met; counts keep their order."""
    return {
        **{name: getattr(summary, name) for name in _PLAIN},
        **{name: dict(getattr(summary, name)) for name in _COUNTS},
        "unread": {name: list(near) for name, near in summary.unread.items()},
        "faults": [asdict(fault) for fault in summary.faults],
    }


def summary_of(told: Mapping[str, Any]) -> Summary:
    """The summary that JSON tells; an empty one if it tells nothing."""
    if not told:
        return Summary()
    plain: dict[str, Any] = {name: told[name] for name in _PLAIN}
    counts: dict[str, Any] = {name: Counter(told[name]) for name in _COUNTS}
    return Summary(
        **plain,
        **counts,
        unread={name: tuple(near) for name, near in told["unread"].items()},
        faults=[Fault(**fault) for fault in told["faults"]],
    )
