"""Technical conditions tested once for lines between the same limits: as if each were tested alone."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sekisho.model import FactValue, Limb
from sekisho.register.candidates import LimbTests
from sekisho.register.condition import facts_of, parse
from sekisho.register.evaluation import first_missing, holds, limits_of
from sekisho.register.law import LawInForce
from sekisho.register.open import open_register

LAW: LawInForce = open_register().law("JP").on(open_register().regimes["JP"].read_until)  # type: ignore[union-attr]
ITEMS = sorted({name for limb in LAW.rows(Limb) for name in limb.row.items})
KEPT: dict[str, LimbTests] = {}
"""Kept from one example to the next, as a register keeps them."""


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, dict[str, FactValue]]:
    """An item, and facts that its conditions name, near what these compare them with."""
    item = draw(st.sampled_from(ITEMS))
    texts = [limb.row.condition for limb in LAW.limbs(item)]
    limits = limits_of(map(parse, texts))
    facts: dict[str, FactValue] = {}
    for name in draw(st.lists(st.sampled_from(sorted({n for text in texts for n in facts_of(text)})))):
        fact = LAW.regime.facts[name]
        near = limits.get(name) or (1.0,)
        values: dict[str, Any] = {
            "number": [side for one in near for side in (one, math.nextafter(one, 0), one + 1)],
            "yes_no": [True, False],
        }
        facts[name] = draw(st.sampled_from(values.get(fact.type, [*fact.values, "other"])))
    return item, facts


@given(asked())
def test_conditions_hold_as_each_does_alone(case: tuple[str, dict[str, FactValue]]) -> None:
    item, facts = case
    tested = KEPT.setdefault(item, LimbTests(LAW.limbs(item))).tested(facts)
    alone = [(limb, holds(parse(limb.row.condition), facts)) for limb in LAW.limbs(item)]
    assert list(tested.limbs) == alone
    assert list(tested.met) == [limb for limb, held in alone if held]
    open_ = (limb.row.condition for limb, held in alone if held is None)
    assert tested.asks == tuple(dict.fromkeys(first_missing(parse(text), facts) for text in open_))
    assert tested.fails is (bool(alone) and all(held is False for _, held in alone))
