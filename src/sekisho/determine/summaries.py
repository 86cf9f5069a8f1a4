"""What came out of a run so far; also as JSON and back, so that a stopped run can go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sekisho.determine.decisions import Cell
from sekisho.errors import Fault
from sekisho.model import Answer

_COUNTS = ("answers", "questions", "dated_by", "gaps", "blocked")
_PLAIN = ("rows", "faulty", "texts", "keys_compared")
FAULTS_KEPT = 1000


@dataclass(slots=True)
class Summary:
    """What came out of a run, for a person to read.

    Attributes:
        answers: Number of lines by answer.
        questions: Number of lines by missing fact.
        texts: The question of each missing fact.
        dated_by: Number of lines by the column that gave the decisive date.
        faults: The first faults, with file and line.
        faulty: Number of lines with a fault.
        kinds: Number of different kinds of line decided.
        blocked: Number of lines that may not ship by why.
        unread: Columns that no rule reads, each with known columns that look like it.
        keys_compared: Whether the key of every line was compared with those of all before.
    """

    rows: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)
    dated_by: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0
    kinds: int = 0
    blocked: Counter[str] = field(default_factory=Counter)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys_compared: bool = True

    def add(self, one: Decided, lines: int) -> None:
        """Counts a decision that several lines got."""
        self.answers[one.answer] += lines
        for question in one.questions:
            name, _, text = question.partition(": ")
            self.questions[name] += lines
            self.texts.setdefault(name, text)
        for gap in one.gaps:
            self.gaps[gap] += lines
        if not Answer(one.answer).may_ship:
            self.blocked[one.why] += lines

    def fault(self, fault: Fault) -> None:
        """Keeps a fault, as long as there are not too many to read."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision as output cells, with what the summary needs."""

    cells: tuple[Cell, ...]
    answer: str
    questions: tuple[str, ...]
    gaps: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def why(self) -> str:
        """The explanation without its first question; of faults no more than their columns.

        Faults may be different in every line, and are listed by themselves.
        """
        if self.faults:
            columns = dict.fromkeys(fault.column or "the row" for fault in self.faults)
            return f"Cannot be determined: faults in {', '.join(columns)}."
        return str(self.cells[-1]).partition(" First to answer:")[0]


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
