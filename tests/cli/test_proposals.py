"""``sekisho proposals``: what is printed, written and refused."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from .conftest import EXAMPLES, words

ACCEPT = ("accept", "eased-1")


class TestProposals:
    def test_they_are_listed_by_state(self, run: Any, run_json: Any, desk: Path) -> None:
        told = words(run("proposals", "list", "--desk", desk).stdout)
        assert re.search(r"eased-1 open 0\.\d\d export_control_eased JP -> KR happened 2023-03-23", told)
        assert f"3 proposals on {desk}" in told
        assert [each["id"] for each in run_json("proposals", "list", "--desk", desk)] == [
            "eased-1",
            "eased-2",
            "eased-3",
        ]
        assert run_json("proposals", "list", "--desk", desk, "--state", "accepted") == []

    def test_they_are_listed_by_how_sure_they_are(self, run_json: Any, desk: Path) -> None:
        told = {each["id"]: each["confidence"] for each in run_json("proposals", "list", "--desk", desk)}
        least = max(told.values())
        most = run_json("proposals", "list", "--desk", desk, "--least-confidence", str(least))
        assert [each["id"] for each in most] == [name for name, sure in told.items() if sure == least]
        assert most != []

    def test_what_is_less_sure_is_listed_apart(self, run: Any, run_json: Any, article: Path) -> None:
        told = run("read", article, "--least-confidence", "1").stdout
        assert "less sure than 1.00, and so not proposed:" in told
        (text,) = run_json("read", article, "--least-confidence", "1")["texts"]
        (whole,) = run_json("read", article, "--least-confidence", "0")["texts"]
        assert text["events"] == []
        assert {row["event_id"] for row in text["doubtful"]} == {row["event_id"] for row in whole["events"]}
        assert whole["doubtful"] == []

    def test_one_is_shown_in_its_text(self, run: Any, run_json: Any, desk: Path) -> None:
        told = words(run("proposals", "show", "eased-2", "--desk", desk).stdout)
        assert ">>Japan removed South Korea from its white list on Sept. 5, 2019<<" in told
        assert "contradicts jp-group-a-kr-removal" in told
        assert run_json("proposals", "show", "eased-2", "--desk", desk)["state"] == "open"

    def test_accepted_by_a_person_with_a_reason(
        self, run: Any, run_json: Any, desk: Path, tmp_path: Path
    ) -> None:
        overlay = tmp_path / "overlay"
        how = ("--by", "A. Mori", "--reason", "seen", "--on", "2023-03-27", "--desk", desk)
        how = (*how, "--overlay", overlay, "--announced", "2023-03-23")
        told = run("proposals", "accept", "eased-3", *how).stdout
        assert "eased-3 accepted by A. Mori on 2023-03-27\n" in told
        assert f"1 accepted event in {overlay}; use it with --scenario {overlay}" in told
        once = {path: path.read_bytes() for path in overlay.rglob("*") if path.is_file()}
        assert "(it was already)" in run("proposals", "accept", "eased-3", *how).stdout
        assert {path: path.read_bytes() for path in overlay.rglob("*") if path.is_file()} == once
        (decided,) = run_json("proposals", "show", "eased-3", "--desk", desk)["decisions"]
        assert decided == {
            "verdict": "accepted", "by": "A. Mori", "reason": "seen", "on": "2023-03-27", "dossier": "",
            "announced": "2023-03-23",
        }  # fmt: skip
        assert run("register", "check", "--scenario", overlay).exit_code == 0

    def test_without_a_day_of_its_own_it_is_asked_for(self, run: Any, desk: Path, tmp_path: Path) -> None:
        """The day on which an article was printed is not the day on which an official spoke."""
        how = ("--by", "A. Mori", "--reason", "seen", "--on", "2023-03-27", "--desk", desk)
        result = run("proposals", "accept", "eased-3", *how, "--overlay", tmp_path / "overlay", code=2)
        assert result.stderr == (
            "error: eased-3 cannot be accepted as an event: its text (published on 2023-03-24) does not tell"
            " on which day that was said; expected that day, as announced (--announced DAY)\n"
        )
        assert not (tmp_path / "overlay" / "relations" / "dossiers").exists()

    def test_what_is_on_record_adds_no_event_and_says_so(self, run: Any, desk: Path, tmp_path: Path) -> None:
        how = ("--by", "A. Mori", "--reason", "seen", "--on", "2023-03-27", "--desk", desk)
        told = words(run("proposals", "accept", "eased-1", *how, "--overlay", tmp_path / "overlay").stdout)
        assert (
            "it is on record as jp-three-materials-special-general; its text is added as a source, and no"
            " event 0 accepted events in"
        ) in told

    def test_rejected_it_leaves_the_overlay_and_that_is_said(
        self, run: Any, run_json: Any, desk: Path, tmp_path: Path
    ) -> None:
        overlay, elsewhere = tmp_path / "overlay", tmp_path / "elsewhere"
        how = ("eased-3", "--by", "A. Mori", "--on", "2023-03-27", "--desk", desk)
        yes = ("accept", *how, "--reason", "seen", "--overlay", overlay, "--announced", "2023-03-23")
        no = ("reject", *how, "--reason", "no")
        run("proposals", *yes)
        assert list(overlay.rglob("*.toml"))
        told = words(run("proposals", *no, "--overlay", elsewhere).stdout)
        assert told == (
            "eased-3 rejected by A. Mori on 2023-03-27 its acceptance by A. Mori on 2023-03-27 is undone;"
            f" there is no overlay {elsewhere} to take its event from: if it stands elsewhere, say where with"
            " --overlay"
        )
        told = words(run("proposals", *no, "--overlay", overlay).stdout)
        assert told.endswith(f"2023-03-27 (it was already) read-eased-3 left {overlay}")
        assert not list(overlay.rglob("*.toml"))
        assert "its rejection by A. Mori on 2023-03-27 is undone" in words(run("proposals", *yes).stdout)
        told = words(run("proposals", *no, "--overlay", overlay).stdout)
        assert told.endswith(
            f"its acceptance by A. Mori on 2023-03-27 is undone; read-eased-3 left {overlay}"
        )
        run("proposals", *yes)
        found = run_json("proposals", *no, "--overlay", overlay)
        assert (found["undone"]["verdict"], found["left"], found["events"]) == (
            "accepted", ["read-eased-3"], [],
        )  # fmt: skip

    def test_what_the_record_forbids_is_not_accepted(
        self, run: Any, run_json: Any, desk: Path, tmp_path: Path
    ) -> None:
        """A second removal while the country is off the list; the decision is taken back."""
        overlay = tmp_path / "overlay"
        how = (
            "--by",
            "A. Mori",
            "--reason",
            "seen",
            "--on",
            "2023-03-27",
            "--desk",
            desk,
            "--overlay",
            overlay,
        )
        result = run("proposals", "accept", "eased-2", *how, code=2)
        forbidden = "is forbidden while the listing is 'off_list'"
        assert result.stderr == (
            "error: eased-2 cannot be accepted as an event:"
            f" kind: 'country_list_removed' (announced) {forbidden};"
            f" kind: 'country_list_removed' (effective) {forbidden};"
            " expected an event that the record allows; reject it, or accept it with another dossier\n"
        )
        assert run_json("proposals", "show", "eased-2", "--desk", desk)["state"] == "open"

    @pytest.mark.parametrize(
        ("args", "code", "says"),
        [
            (("show", "eased-9"), 4, "error: there is no proposal 'eased-9'; "),
            (("list", "--state", "closed"), 2, "error: --state 'closed' is not known; expected open,"),
            ((*ACCEPT, "--by", " ", "--reason", "x", "--on", "2023-03-27"), 2, "is empty; expected the name"),
            ((*ACCEPT, "--by", "A", "--reason", "", "--on", "2023-03-27"), 2, "is empty; expected why"),
            ((*ACCEPT, "--by", "A", "--reason", "x", "--on", "27 March"), 2, "27 March"),
            ((*ACCEPT, "--by", "A", "--reason", "x"), 2, "Missing option '--on'"),
            (("scenario", "eased-3", "-o", "t.toml"), 2, "eased-3 belongs to no dossier on record; expected"),
        ],
    )  # fmt: skip
    def test_what_is_refused(self, run: Any, desk: Path, args: tuple[str, ...], code: int, says: str) -> None:
        assert says in run("proposals", *args, "--desk", desk, code=code).stderr

    def test_no_desk(self, run: Any, tmp_path: Path) -> None:
        result = run("proposals", "list", "--desk", tmp_path / "no.sqlite", code=4)
        assert "sekisho read FILES --desk FILE makes one" in result.stderr

    def test_a_file_that_is_no_desk(self, run: Any, article: Path) -> None:
        result = run("proposals", "list", "--desk", article, code=2)
        assert f"error: {article} is not a desk of proposals" in result.stderr

    def test_a_desk_of_a_later_version_is_not_touched(self, run: Any, desk: Path) -> None:
        base = sqlite3.connect(desk)
        base.execute("pragma user_version = 99")
        base.close()
        assert "is not a desk of proposals" in run("proposals", "list", "--desk", desk, code=2).stderr


class TestTried:
    """What nobody accepted can still be tried on order lines."""

    LINE = ("--from", "JP", "--to", "KR", "--code", "7(19)", "--on", "2026-07-02", "--status", "approved")
    TEXTS = (
        " date 2026-05-11\n\nJapan is considering removing South Korea from its white list.",
        " date 2026-05-11\n\nJapan denied on Monday that it would remove South Korea from its white list.",
    )

    @pytest.fixture
    def tried(self, run: Any, tmp_path: Path) -> Path:
        desk, paths = tmp_path / "tried.sqlite", [tmp_path / "rumour.txt", tmp_path / "denial.txt"]
        for path, text in zip(paths, self.TEXTS, strict=True):
            path.write_text(text, encoding="utf-8")
        run("read", *paths, "--desk", desk)
        return desk

    def test_a_rumour_changes_what_a_line_needs(
        self, run: Any, run_json: Any, tried: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "tried.toml"
        how = ("--effective", "2026-07-01", "-o", path, "--desk", tried)
        told = words(run("proposals", "scenario", "rumour-1", *how).stdout)
        assert "assumed: it undoes jp-group-a-kr-restoration; " in told
        now, then = run_json("ask", *self.LINE), run_json("ask", *self.LINE, "--scenario", path)
        assert now != then
        asked = {each["fact"] for each in then["questions"]} - {each["fact"] for each in now["questions"]}
        assert "end_use_wmd" in asked  # the catch-all tests apply again

    def test_what_is_denied_is_tried_only_from_a_day_that_is_given(
        self, run: Any, tried: Path, tmp_path: Path
    ) -> None:
        path = tmp_path / "tried.toml"
        how = ("proposals", "scenario", "denial-1", "-o", path, "--desk", tried)
        refused = (
            "error: denial-1 is denied by its text (announced 2026-05-11), and what is denied has no day of"
            " effect; expected the day to try it from as if it were true: sekisho proposals scenario denial-1"
            f" --desk {tried} --effective DAY -o FILE.toml, then --scenario FILE.toml\n"
        )
        assert run(*how, code=2).stderr == refused
        assert run("ask", *self.LINE, "--scenario", f"{tried}#denial-1", code=2).stderr == refused
        told = words(run(*how, "--effective", "2026-07-01").stdout)
        assert "its text denies the act (announced 2026-05-11); it is tried as if it were true" in told

    def test_what_is_supposed_stands_in_every_summary(
        self, run: Any, run_json: Any, tried: Path, tmp_path: Path
    ) -> None:
        """A denial that is tried must not be read later as what the record says."""
        path, network = tmp_path / "tried.toml", tmp_path / "network"
        how = ("-o", path, "--desk", tried, "--effective", "2026-07-01")
        run("proposals", "scenario", "denial-1", *how)
        run("exposure", "init", network)
        orders = EXAMPLES / "news" / "orders_2026.csv"
        supposed = "What if it were true, though denied (announced 2026-05-11): Japan denied on Monday"
        for asked in (
            ("check", orders),
            ("explain", orders, "--line", "SO-2026001/20"),
            ("impact", orders),
            ("ask", *self.LINE),
            ("status", "jp-group-a-kr", "--on", "2026-07-05"),
            ("timeline", "--since", "2026-07-01"),
            ("coming", "--on", "2026-06-01"),
            ("diff", "2026-06-30", "2026-07-01"),
            ("exposure", network),
        ):
            told = words(run(*asked, "--scenario", path).stdout)
            assert f"he scenario supposes: {supposed}" in told, asked
            if asked[0] in {"check", "status", "timeline", "coming", "diff"}:
                assert run_json(*asked, "--scenario", path)["supposed"].startswith(supposed)

    @pytest.mark.parametrize("mark", ["", "#"])
    def test_a_desk_without_an_id_says_that_one_is_missing(self, run: Any, tried: Path, mark: str) -> None:
        result = run("ask", *self.LINE, "--scenario", f"{tried}{mark}", code=2)
        assert result.stderr == (
            f"error: --scenario {tried} is a desk of proposals, and no proposal on it is named; expected"
            f" {tried}#ID with the id of one; sekisho proposals list --desk {tried} tells them\n"
        )

    def test_an_id_that_is_not_there_and_one_that_is_a_path(
        self, run: Any, tried: Path, tmp_path: Path
    ) -> None:
        result = run("ask", *self.LINE, "--scenario", f"{tried}#rumour-9", code=4)
        assert result.stderr == "error: there is no proposal 'rumour-9'; did you mean rumour-1?\n"
        result = run("ask", *self.LINE, "--scenario", f"{tried}#other/rumour.txt-1", code=4)
        assert "there is no proposal 'other/rumour.txt-1'" in result.stderr
        result = run("ask", *self.LINE, "--scenario", f"{tmp_path / 'no.sqlite'}#x", code=4)
        assert "sekisho read FILES --desk FILE makes one" in result.stderr


def test_a_desk_of_the_version_before_is_taken_over(run_json: Any, run: Any, desk: Path) -> None:
    how = ("--by", "A. Mori", "--reason", "no", "--on", "2023-03-27", "--desk", desk)
    run("proposals", "reject", "eased-3", *how)
    base = sqlite3.connect(desk)
    base.execute("alter table decision drop column announced")
    base.execute("pragma user_version = 1")
    base.close()
    (decided,) = run_json("proposals", "show", "eased-3", "--desk", desk)["decisions"]
    assert (decided["verdict"], decided["announced"]) == ("rejected", "")
    assert "(it was already)" in run("proposals", "reject", "eased-3", *how).stdout
