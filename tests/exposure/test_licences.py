"""What a change of the law does to arcs: decided like order lines, never guessed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.determine.rates import read_rates
from sekisho.errors import InputInvalid, NotFound, ValueInvalid
from sekisho.exposure.licences import Change, Judgement, Verdict, change_of, judge
from sekisho.exposure.load import read_network
from sekisho.exposure.network import Network, Range
from sekisho.exposure.result import Cause
from sekisho.exposure.template_files import write_template
from sekisho.model import Answer
from sekisho.register.open import open_register
from sekisho.register.register import Register

EVENT = "jp-three-materials-individual"
UNTIL = dt.date(2020, 7, 4)
REGISTER = open_register()
RATES = read_rates(Path(__file__).parents[2] / "examples" / "rates_2019_2023.csv")
SEVERITY = {answer: rank for rank, answer in enumerate(Answer)}


def _judged(
    network: Network, register: Register, event: str = EVENT, known_on: dt.date | None = None
) -> Judgement:
    change = change_of(register, event=event, known_on=known_on)
    assert change is not None
    return judge(network, change, UNTIL)


def _with_cells(network: Network, **cells: str) -> Network:
    """The network with other facts on the arcs of the maker in Japan."""
    arcs = (
        dataclasses.replace(arc, cells={**arc.cells, **cells}) if arc.from_site_id == "J" else arc
        for arc in network.arcs
    )
    return dataclasses.replace(network, arcs=tuple(arcs))


def test_the_change_of_4_july_closes_the_arcs_from_japan(example_b: Network, register: Register) -> None:
    found = _judged(example_b, register)
    assert {v.arc.arc_id: (v.before.answer, v.after.answer, v.closed) for v in found.verdicts} == {
        "J>F1": ("authorised", "licence_required", True),
        "J>F2": ("authorised", "licence_required", True),
    }
    assert [v.review for v in found.verdicts] == [Range(35, 49, 84)] * 2
    assert [(one.arc.arc_id, one.missing) for one in found.not_covered] == [
        ("X>F1", "the export law of Taiwan (TW) is not on record"),
        ("X>F2", "the export law of Taiwan (TW) is not on record"),
    ]


def test_review_time_is_that_of_the_register_if_none_is_stated(
    example_b: Network, register: Register
) -> None:
    arcs = tuple(dataclasses.replace(arc, review_days=None) for arc in example_b.arcs)
    found = _judged(dataclasses.replace(example_b, arcs=arcs), register)
    assert [(v.review, v.stated) for v in found.verdicts] == [(Range(90, 90, 90), False)] * 2


def test_only_arcs_that_the_rule_is_about_close(example_b: Network, register: Register) -> None:
    """The same seller goes on shipping to another country."""
    sites = (dataclasses.replace(s, country="TW") if s.site_id == "F2" else s for s in example_b.sites)
    found = _judged(dataclasses.replace(example_b, sites=tuple(sites)), register)
    assert [v.arc.arc_id for v in found.verdicts if v.closed] == ["J>F1"]


def test_an_exporter_that_held_no_bulk_licence_goes_on_as_before(
    example_b: Network, register: Register
) -> None:
    """It needed an individual licence before the change too, if it could use no other."""
    change = change_of(register, event="jp-resist-specific-bulk")
    assert change is not None
    assert not any(v.closed for v in judge(example_b, change, UNTIL).verdicts)


def test_an_arc_whose_licences_are_not_stated_closes_if_fewer_types_serve(
    example_b: Network, register: Register
) -> None:
    arcs = tuple(
        dataclasses.replace(arc, cells={k: v for k, v in arc.cells.items() if k != "licences_held"})
        for arc in example_b.arcs
    )
    found = _judged(dataclasses.replace(example_b, arcs=arcs), register)
    assert [(v.before.answer, v.after.answer, v.closed) for v in found.verdicts] == [
        ("licence_required", "licence_required", True)
    ] * 2


def test_what_cannot_be_determined_is_closed_without_a_day_to_open(
    example_b: Network, register: Register
) -> None:
    items = tuple(dataclasses.replace(item, cells={}) for item in example_b.items)
    found = _judged(dataclasses.replace(example_b, items=items), register)
    assert {(v.closed, v.cause, v.review) for v in found.verdicts} == {(True, Cause.UNDETERMINED, None)}
    assert all(v.after.questions for v in found.verdicts)


def test_an_undetermined_arc_stays_open_if_no_rule_about_it_changes(
    example_b: Network, register: Register
) -> None:
    """A change of another country's law is none for it."""
    items = tuple(dataclasses.replace(item, cells={}) for item in example_b.items)
    network = dataclasses.replace(example_b, items=items)
    found = _judged(network, register, event="jp-three-materials-working-level")
    assert not any(v.closed for v in found.verdicts)


def test_the_law_may_free_an_arc_within_the_horizon(example_b: Network, register: Register) -> None:
    change = change_of(register, event=EVENT)
    assert change is not None
    network = _with_cells(example_b, icp="yes")
    found = judge(network, change, dt.date(2023, 12, 31))
    assert {v.freed_on for v in found.verdicts} == {dt.date(2023, 3, 23)}
    known = change_of(register, event=EVENT, known_on=dt.date(2019, 7, 4))
    assert known is not None
    assert {v.freed_on for v in judge(network, known, dt.date(2023, 12, 31)).verdicts} == {None}


def test_an_event_that_was_not_known_is_refused(register: Register) -> None:
    """An answer that nothing closes would be read as safe."""
    with pytest.raises(ValueInvalid, match="was not known on 2019-06-30: it became known on 2019-07-01"):
        change_of(register, event=EVENT, known_on=dt.date(2019, 6, 30))


def test_an_event_without_rows_of_law_says_so(register: Register) -> None:
    change = change_of(register, event="jp-order-2018-06-01")
    assert change is not None
    assert change.notes == ("no row of law on record starts or ends with jp-order-2018-06-01",)


def test_a_scenario_is_a_change_too(example_b: Network, register: Register, examples_dir: Path) -> None:
    scenario = open_register(None, examples_dir / "scenario_hf_eased.toml")
    change = change_of(register, scenario=scenario)
    assert change is not None
    assert (change.on, change.event) == (dt.date(2020, 3, 1), "scenario-hf-eased")
    assert not any(v.closed for v in judge(example_b, change, dt.date(2020, 9, 1)).verdicts)


@pytest.fixture
def examples_dir() -> Path:
    return Path(__file__).parent.parent.parent / "examples"


def test_an_event_must_be_there_and_have_a_day(register: Register) -> None:
    with pytest.raises(NotFound, match="did you mean jp-three-materials-individual"):
        change_of(register, event="jp-three-material-individual")
    with pytest.raises(ValueInvalid, match="is on record only as 2019-09; expected two days"):
        change_of(register, event="jp-licence-polyimide-first")
    with pytest.raises(ValueInvalid, match="has no day on which it took effect"):
        change_of(register, event="jp-licence-hf-liquid-first")
    assert change_of(register) is None


def test_cells_that_cannot_be_read_are_told_with_their_arc(example_b: Network, register: Register) -> None:
    with pytest.raises(InputInvalid) as raised:
        _judged(_with_cells(example_b, end_use_code="peace"), register)
    assert [str(fault) for fault in raised.value.faults] == [
        f"arcs.csv:{line} (arc {arc}): end_use_code: 'peace' is not allowed here; expected none, wmd,"
        " conventional_weapons"
        for line, arc in ((2, "J>F1"), (3, "J>F2"))
    ]


def test_facts_of_order_lines_count_and_the_severest_answer_decides(
    example_b: Network, register: Register
) -> None:
    change = change_of(register, event=EVENT)
    assert change is not None
    weak = {"controlled_substance": "hydrogen_fluoride", "substance_wt_pct": "5"}
    found = judge(example_b, change, UNTIL, {"J>F1": [weak], "J>F2": [weak, {}]})
    assert {v.arc.arc_id: v.closed for v in found.verdicts}["J>F2"]


def test_a_line_that_was_stopped_before_does_not_hide_one_that_stops_now(
    example_b: Network, register: Register
) -> None:
    """Each line of an arc is held against itself."""
    change = change_of(register, event=EVENT)
    assert change is not None
    informed = {"informed": "yes"}  # needed an individual licence all along
    found = judge(example_b, change, UNTIL, {"J>F1": [informed, {}], "J>F2": [informed]})
    assert {v.arc.arc_id: v.closed for v in found.verdicts} == {"J>F1": True, "J>F2": False}


def test_what_is_prohibited_is_closed_whatever_changes(example_b: Network, register: Register) -> None:
    cells = {"controlled_substance": "bz", "substance_wt_pct": "99"}
    sites = (dataclasses.replace(s, country="KP") if s.site_id == "F1" else s for s in example_b.sites)
    network = dataclasses.replace(_with_cells(example_b, **cells), sites=tuple(sites))
    change = Change(register, register, dt.date(2026, 3, 1))
    (verdict,) = (v for v in judge(network, change, UNTIL).verdicts if v.arc.arc_id == "J>F1")
    assert (verdict.before.answer, verdict.after.answer) == (Answer.PROHIBITED, Answer.PROHIBITED)
    assert verdict.closed
    assert verdict.cause is Cause.PROHIBITED


LINES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "substance_wt_pct": st.sampled_from(["10", "30", "30.1", "99.9", "much"]),
            "value": st.sampled_from(["900000", "1000000", "1000001", "8000", "12000"]),
            "currency": st.sampled_from(["JPY", "USD"]),
            "licences_held": st.sampled_from(["none", "general_bulk", "general_bulk;special_general_bulk"]),
            "end_use_code": st.sampled_from(["none", "x_weapon"]),
            "classification_status": st.sampled_from(["approved", "provisional"]),
            "contract_date": st.sampled_from(["2019-05-01", "2019-06-03"]),
        },
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(lines=LINES)
def test_many_lines_are_judged_as_each_alone(lines: list[dict[str, str]]) -> None:
    """Lines of one kind are decided once; nothing of the answer may show it."""
    with TemporaryDirectory() as place:
        write_template(Path(place) / "network")
        network = read_network(Path(place) / "network", REGISTER)
    change = change_of(REGISTER, event=EVENT)
    assert change is not None

    def judged(*some: dict[str, str]) -> tuple[Verdict, list[str]]:
        try:
            return judge(network, change, UNTIL, {"J>F1": some}, RATES).verdicts[0], []
        except InputInvalid as error:
            return None, [str(fault) for fault in error.faults]  # type: ignore[return-value]  # not looked at

    verdict, faults = judged(*lines)
    alone = [judged(line) for line in lines]
    assert faults == sorted({fault for _, found in alone for fault in found})
    if not faults:
        worst = min((one for one, _ in alone), key=lambda one: (not one.closed, SEVERITY[one.after.answer]))
        assert (verdict.closed, verdict.after, verdict.before) == (worst.closed, worst.after, worst.before)
