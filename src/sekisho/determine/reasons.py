"""The reasons of a decision, put into records when they are first read.

Most decisions are asked for their answer alone. So the notes that a determination takes
are kept as they are, and the reasons of a line like one before are the same notes with
its own facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from sekisho.determine.docket import Note, known_facts
from sekisho.model import Reason, Shipment


class Reasons(Sequence[Reason]):
    """Why a decision was made: a sequence like a tuple, and equal to one.

    Args:
        notes: What the determination noted on its way.
        shipment: The line, for the facts that the notes name.
    """

    __slots__ = ("_found", "_notes", "_shipment")

    def __init__(self, notes: Sequence[Note], shipment: Shipment) -> None:
        self._notes, self._shipment = notes, shipment
        self._found: tuple[Reason, ...] | None = None

    def of(self, shipment: Shipment) -> Reasons:
        """The same reasons for another line of which the law says the same."""
        return Reasons(self._notes, shipment)

    @property
    def _reasons(self) -> tuple[Reason, ...]:
        if self._found is None:
            facts = known_facts(self._shipment)
            self._found = tuple(
                Reason(
                    step=step, rule=rule, applies=applies, because=because,
                    facts=tuple((name, facts.get(name)) for name in dict.fromkeys(names)),
                )
                for step, rule, applies, because, names in self._notes
            )  # fmt: skip
        return self._found

    def __len__(self) -> int:
        return len(self._notes)

    @overload
    def __getitem__(self, at: int) -> Reason: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Reason, ...]: ...
    def __getitem__(self, at: int | slice) -> Reason | tuple[Reason, ...]:
        return self._reasons[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._reasons == tuple(other)

    def __hash__(self) -> int:
        return hash(self._reasons)

    def __repr__(self) -> str:
        return repr(self._reasons)
