"""Sekisho: from the headline to the order line.

Which export licence does a shipment need on a date, why, and who says so?

>>> import datetime as dt
>>> import sekisho
>>> register = sekisho.open_register()
>>> decision = sekisho.decide(
...     sekisho.Shipment(
...         decisive_date=dt.date(2019, 7, 4),
...         ship_from="JP",
...         destination="KR",
...         code="7(19)",
...         classification_status="approved",
...         facts={"item_kind": "goods", "value_jpy": 5_000_000.0},
...         licences_held=frozenset({"special_general_bulk"}),
...     ),
...     register,
... )
>>> decision.answer, decision.licence_types
(<Answer.LICENCE_REQUIRED: 'licence_required'>, ('individual',))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sekisho.determine.check import check
    from sekisho.determine.explain import explain
    from sekisho.determine.impact import Impact, impact
    from sekisho.determine.rates import Rates, read_rates
    from sekisho.determine.shipments import decide
    from sekisho.errors import SekishoError
    from sekisho.model import Answer, Confidence, Decision, Shipment
    from sekisho.register.open import open_register
    from sekisho.register.register import Register, View

__version__ = "0.1.0"

_WHERE = {
    "Answer": "sekisho.model",
    "Confidence": "sekisho.model",
    "Decision": "sekisho.model",
    "Rates": "sekisho.determine.rates",
    "Impact": "sekisho.determine.impact",
    "Register": "sekisho.register.register",
    "SekishoError": "sekisho.errors",
    "Shipment": "sekisho.model",
    "View": "sekisho.register.register",
    "check": "sekisho.determine.check",
    "decide": "sekisho.determine.shipments",
    "explain": "sekisho.determine.explain",
    "impact": "sekisho.determine.impact",
    "open_register": "sekisho.register.open",
    "read_rates": "sekisho.determine.rates",
}

__all__ = [
    "Answer",
    "Confidence",
    "Decision",
    "Impact",
    "Rates",
    "Register",
    "SekishoError",
    "Shipment",
    "View",
    "check",
    "decide",
    "explain",
    "impact",
    "open_register",
    "read_rates",
]


def __getattr__(name: str) -> object:
    """Imports a public name when it is first asked for, so that the command line starts fast."""
    if name not in _WHERE:
        msg = f"module 'sekisho' has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(importlib.import_module(_WHERE[name]), name)  # looked for once
    return found
