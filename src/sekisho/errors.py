"""Every error of Sekisho, in one place.

Tree::

    SekishoError
    ├── RegisterInvalid          the data files have faults (all of them, with places)
    ├── ConditionInvalid         a condition is not in the closed language
    ├── InputInvalid             a file of order lines cannot be read at all
    ├── ValueInvalid             one value is not what its column takes
    │   └── UnknownCountry       a country name matches nothing exactly
    ├── NotFound                 an id, a dossier or a line does not exist
    ├── OutputRefused            the answer cannot be written where it was asked for
    ├── DependencyMissing        a package of an extra is not installed
    └── ModelRefused             a model could not be solved to its optimum

An error says what is wrong, where, what was expected and what to do. ``exit_code`` is
what the command line returns; ``http_status`` what the HTTP API answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one place of an input.

    Attributes:
        file: Name of the file as the user gave it.
        line: Line of the file, counted from 1; 0 where there is none.
        column: Name of the column or key, or empty.
        problem: What is wrong, with the value in quotes.
        expected: What was expected and what to do.
    """

    file: str
    line: int
    column: str
    problem: str
    expected: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" {self.column}:" if self.column else ""
        advice = f"; expected {self.expected}" if self.expected else ""
        return f"{place}:{column} {self.problem}{advice}"


class SekishoError(Exception):
    """Base of all errors that a user of Sekisho can meet."""

    exit_code = 2
    http_status = 400


class RegisterInvalid(SekishoError, ValueError):
    """The register's data files have faults; all are named, none is skipped."""

    exit_code = 3
    http_status = 500

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        head = f"the register has {count} fault{'s' if count != 1 else ''}:"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class ConditionInvalid(SekishoError, ValueError):
    """A condition cannot be parsed or mixes types."""

    def __init__(self, text: str, position: int, problem: str, expected: str) -> None:
        self.text, self.position = text, position
        self.problem, self.expected = problem, expected
        super().__init__(f"condition {text!r}, character {position + 1}: {problem}; expected {expected}")


class InputInvalid(SekishoError, ValueError):
    """A whole file of order lines cannot be used."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ValueInvalid(SekishoError, ValueError):
    """One value is not what its column takes."""

    http_status = 422

    def __init__(self, problem: str, expected: str = "") -> None:
        self.problem, self.expected = problem, expected
        super().__init__(f"{problem}; expected {expected}" if expected else problem)


class UnknownCountry(ValueInvalid):
    """A country name that matches no entry exactly is refused, never guessed."""

    def __init__(self, value: str, candidates: Iterable[tuple[str, str]] = ()) -> None:
        self.value = value
        self.candidates = tuple(candidates)
        expected = "ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name"
        if self.candidates:
            names = " or ".join(f"{code} ({name})" for code, name in self.candidates)
            expected = f"{expected}. Did you mean {names}?"
        super().__init__(f"unknown country {value!r}", expected)


class NotFound(SekishoError, KeyError):
    """Something asked for by name is not there."""

    exit_code = 4
    http_status = 404

    def __init__(self, what: str, name: str, candidates: Iterable[str] = (), advice: str = "") -> None:
        self.what, self.name = what, name
        self.candidates = tuple(candidates)
        advice = f"; {advice}" if advice else ""
        advice = f"; did you mean {', '.join(self.candidates)}?" if self.candidates else advice
        self.message = f"there is no {what} {name!r}{advice}"
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class OutputRefused(SekishoError, OSError):
    """The answer cannot be written where it was asked for."""

    exit_code = 5
    http_status = 507

    def __init__(self, path: str, problem: str, expected: str) -> None:
        super().__init__(f"cannot write {path!r}: {problem}; {expected}")


class DependencyMissing(SekishoError, ImportError):
    """A part of Sekisho needs a package that is not installed."""

    exit_code = 2
    http_status = 501

    def __init__(self, package: str, extra: str, why: str) -> None:
        self.package, self.extra = package, extra
        advice = f"install it with: pip install 'sekisho[{extra}]'"
        super().__init__(f"the package {package!r} is not installed: {why}; {advice}")


class ModelRefused(SekishoError, RuntimeError):
    """A model could not be solved to its optimum."""

    exit_code = 2
    http_status = 500

    def __init__(self, what: str, status: str) -> None:
        super().__init__(
            f"the model of {what} was not solved: HiGHS ended with {status!r}; expected an optimum. Look for"
            " quantities of very different size (use larger units) and for values that are not finite"
        )
