"""``sekisho read``: what is printed, written and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sekisho.reading.confidence import THRESHOLD

from .conftest import EASED, words

AGAIN = """ date 2023-03-25

Japan eased its export controls on three chip materials to South Korea on Thursday, officials said."""


@pytest.fixture
def again(tmp_path: Path) -> Path:
    path = tmp_path / "again.txt"
    path.write_text(AGAIN, encoding="utf-8")
    return path


class TestRead:
    def test_it_shows_each_event_with_its_quote_and_the_record(self, run: Any, article: Path) -> None:
        told = words(run("read", article).stdout)
        assert "published 2023-03-24 (given: date 2023-03-24)" in told
        assert "export_control_eased JP -> KR happened happened 2023-03-23" in told
        assert '"Japan eased export controls on three chip materials to South Korea on Thursday"' in told
        assert (
            "on record, dossier jp-three-materials: jp-three-materials-special-general; adds source" in told
        )
        assert "CONTRADICTS the record, dossier jp-group-a-kr: date: the text says" in told
        assert "source nhk-2019-08-28-removal: " in told
        assert "export_control_tightened PE -> VN conditional" in told
        assert "condition: If Hanoi agrees" in told
        assert "1 text, 3 proposals: 1 on record, 1 contradict it, 1 new" in told

    def test_json_holds_text_offsets_and_the_record(self, run_json: Any, article: Path) -> None:
        (text,) = run_json("read", article)["texts"]
        assert (text["id"], text["publication_date"], text["publication_found_by"]) == (
            "eased",
            "2023-03-24",
            "given",
        )
        assert text["publication_sure"] is True
        assert text["text"] == EASED
        for event in text["events"]:
            assert EASED[event["quote_start"] : event["quote_end"]] == event["quote"]
        states = {event["against_record"]["state"] for event in text["events"]}
        assert states == {"on_record", "contradicts", "new"}
        assert [block for block, *_ in text["blocks"]][:2] == ["header", "header"]

    def test_events_are_written_in_the_schema(self, run: Any, article: Path, tmp_path: Path) -> None:
        out = tmp_path / "events.jsonl"
        run("read", article, "--events", out)
        (line,) = out.read_text(encoding="utf-8").splitlines()
        record = json.loads(line)
        assert (record["id"], record["publication_date"]) == ("eased", "2023-03-24")
        needed = {
            "event_id", "type", "actor", "counterpart", "subject", "status", "date", "date_role",
            "quote_start", "quote_end", "quote", "attribution", "dossier", "against_record",
        }  # fmt: skip
        assert all(needed <= {*event} for event in record["events"])

    def test_events_on_standard_output_are_nothing_else(self, run: Any, article: Path, again: Path) -> None:
        lines = run("read", article, again, "--events", "-").stdout.splitlines()
        assert [json.loads(line)["id"] for line in lines] == ["eased", "again"]

    def test_what_is_told_again_is_named(self, run: Any, run_json: Any, article: Path, again: Path) -> None:
        assert "eased-1 is told again by again-1" in words(run("read", article, again).stdout)
        assert run_json("read", article, again)["told_again"] == {"eased-1": ["again-1"]}

    def test_a_given_day_of_publication_overrides(self, run_json: Any, article: Path) -> None:
        (text,) = run_json("read", article, "--published", "2023-03-31")["texts"]
        assert (text["publication_date"], text["publication_found_by"]) == ("2023-03-31", "option")
        assert text["events"][0]["date"] == "2023-03-30"

    def test_an_unknown_day_asks_for_it(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "bare.txt"
        path.write_text("Peru banned exports of tin ore to Chile on Monday.", encoding="utf-8")
        told = words(run("read", path).stdout)
        assert "published not known; give it with --published DAY" in told
        assert "PE -> CL happened no date" in told

    def test_a_text_without_events_says_so(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "fish.txt"
        path.write_text("The museum of fish opened in Busan.", encoding="utf-8")
        assert "no event was found" in run("read", path).stdout

    def test_the_record_as_known_on_a_day(self, run_json: Any, again: Path) -> None:
        """Before the easing was known, the text that tells it is new."""
        (now,) = run_json("read", again)["texts"][0]["events"]
        (then,) = run_json("read", again, "--known-on", "2023-03-01")["texts"][0]["events"]
        assert now["against_record"]["events"] == ["jp-three-materials-special-general"]
        assert "jp-three-materials-special-general" not in then["against_record"]["events"]

    def test_files_of_one_name_keep_apart(self, run_json: Any, article: Path, tmp_path: Path) -> None:
        other = tmp_path / "other" / "eased.txt"
        other.parent.mkdir()
        other.write_text(AGAIN, encoding="utf-8")
        ids = [text["id"] for text in run_json("read", article, other)["texts"]]
        assert len({*ids}) == 2
        assert all(name.endswith("eased.txt") for name in ids)


class TestRefusals:
    def test_one_bad_file_does_not_lose_the_others(self, run: Any, article: Path, tmp_path: Path) -> None:
        missing = tmp_path / "missing.txt"
        result = run("read", article, missing, code=1)
        assert "export_control_eased" in result.stdout
        told = f"error: {missing}: it cannot be read: No such file or directory; expected a file that can\n"
        assert told == result.stderr

    def test_no_good_file_is_invalid_input(self, run: Any, tmp_path: Path) -> None:
        zeros = tmp_path / "zeros.txt"
        zeros.write_bytes(b"\xff" + b"\x00" * 99)
        result = run("read", zeros, code=2)
        assert (
            f"error: {zeros}: the content is not text: it holds many zero bytes;"
            " expected plain text or HTML, best in UTF-8\n"
        ) in result.stderr

    def test_a_folder_means_its_texts(self, run: Any, article: Path, tmp_path: Path) -> None:
        (tmp_path / "below").mkdir()
        (tmp_path / "below" / "again.html").write_text(f"<html><body><p>{AGAIN}</p></body></html>", "utf-8")
        told = run("read", tmp_path).stdout
        proposed = [line for line in told.splitlines() if line.startswith("  ") and line[2] != " "]
        assert sum("export_control_eased  JP -> KR" in line for line in proposed) == 2
        assert "2 texts" in told
        assert run("read", f"{tmp_path}/*.txt").stdout == run("read", article).stdout

    def test_a_folder_without_texts_is_told(self, run: Any, tmp_path: Path) -> None:
        result = run("read", tmp_path, f"{tmp_path}/*.txt", code=2)
        kinds = "expected files that end in .txt, .text, .html, .htm, .xhtml"
        assert result.stderr.splitlines() == [
            f"error: {tmp_path}: there is no text in it; {kinds}",
            f"{tmp_path}/*.txt: no file matches it; {kinds}",
        ]

    def test_problems_stand_in_json(self, run_json: Any, article: Path, tmp_path: Path) -> None:
        found = run_json("read", article, tmp_path / "no.txt", code=1)
        assert len(found["texts"]) == 1
        assert found["faults"] == [{
            "file": str(tmp_path / "no.txt"), "line": 0, "column": "",
            "problem": "it cannot be read: No such file or directory", "expected": "a file that can",
        }]  # fmt: skip

    def test_a_file_that_is_given_twice_is_read_once_and_that_is_said(
        self, run: Any, run_json: Any, article: Path, tmp_path: Path
    ) -> None:
        """By whatever way it is given."""
        result = run("read", article, tmp_path, article.parent / "." / article.name)
        assert "1 text, " in result.stdout
        note = f"{article} is given 3 times, and is read once"
        assert result.stderr == f"note: {note}\n"
        assert run_json("read", article, tmp_path / ".." / tmp_path.name / article.name)["notes"] == [
            f"{article} is given 2 times, and is read once"
        ]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"", "it is empty; expected plain text, or an HTML page that holds its text itself"),
            (b"<html><body></body></html>", "no text was found in the page; expected plain text, or an HTML"),
            (b"%PDF-1.7", "the content is not text: it is a PDF; expected plain text or HTML, best in UTF-8"),
        ],
    )
    def test_a_file_without_words_is_a_fault(
        self, run: Any, article: Path, tmp_path: Path, content: bytes, problem: str
    ) -> None:
        path = tmp_path / "other.txt"
        path.write_bytes(content)
        assert f"error: {path}: {problem}" in run("read", path, code=2).stderr
        result = run("read", article, path, code=1)
        assert "export_control_eased" in result.stdout
        assert result.stderr.startswith(f"error: {path}: {problem}")

    def test_what_is_odd_about_a_text_is_noted(self, run: Any, run_json: Any, article: Path) -> None:
        note = "the day of publication that is given, 2024-03-24, is not that of the text itself, 2023-03-24"
        assert f"note: {note}" in words(run("read", article, "--published", "2024-03-24").stdout)
        (text,) = run_json("read", article, "--published", "2024-03-24")["texts"]
        assert text["notes"][0].startswith(note)

    def test_a_day_of_publication_a_century_away(self, run: Any, article: Path) -> None:
        result = run("read", article, "--published", "9999-12-31", code=2)
        assert "error: the day of publication, 9999-12-31, lies more than a century outside" in result.stderr

    def test_a_day_that_is_none(self, run: Any, article: Path) -> None:
        result = run("read", article, "--published", "2023-02-30", code=2)
        assert "'2023-02-30' is not a date" in result.stderr

    @pytest.mark.parametrize("value", ["1.5", "-1", "x", "nan", ""])
    @pytest.mark.parametrize("command", [("read", "-"), ("proposals", "list")])
    def test_a_least_confidence_that_is_none(self, run: Any, command: tuple[str, ...], value: str) -> None:
        result = run(*command, f"--least-confidence={value}", code=2)
        told = " ".join(result.stderr.split())
        assert f"'--least-confidence': {value!r} is no confidence; expected a number between 0 and 1" in told

    def test_a_folder_that_is_not_there(self, run: Any, article: Path, tmp_path: Path) -> None:
        path = tmp_path / "no" / "events.jsonl"
        result = run("read", article, "--events", path, code=5)
        assert result.stderr == (
            f"error: cannot write '{path}': No such file or directory;"
            " name a file in a folder that can be written\n"
        )

    def test_no_file_at_all(self, run: Any) -> None:
        assert "Missing argument 'FILES...'" in run("read", code=2).stderr

    def test_another_text_of_the_same_name_on_the_desk(
        self, run: Any, run_json: Any, desk: Path, article: Path, again: Path
    ) -> None:
        """It costs only itself: it is read and told, and the others are put on the desk."""
        article.write_text(AGAIN, encoding="utf-8")
        result = run("read", article, again, "--desk", desk, code=1)
        assert result.stderr == (
            f"error: eased: another text named 'eased' is on the desk {desk};"
            " expected texts with different names; rename the file, or use another desk\n"
        )
        assert "2 texts, 2 proposals" in result.stdout
        assert f"1 new on the desk {desk}" in result.stdout
        kept = run_json("proposals", "list", "--desk", desk)
        assert [each["id"] for each in kept] == ["again-1", "eased-1", "eased-2", "eased-3"]


def test_the_help_tells_the_default_confidence(run: Any) -> None:
    told = " ".join(run("read", "--help").stdout.split())
    assert f"by default {THRESHOLD}" in told


def test_the_events_are_written_over_no_text_and_no_desk(
    run: Any, article: Path, desk: Path, tmp_path: Path
) -> None:
    before = article.read_bytes(), desk.read_bytes()
    for files, place, what in (
        (article, article, "input"),
        (tmp_path, article, "input"),
        (article, desk, "desk"),
    ):
        result = run("read", files, "--events", place, "--desk", desk, code=5)
        assert result.stderr == f"error: cannot write {str(place)!r}: it is the {what}; give another name\n"
    assert (article.read_bytes(), desk.read_bytes()) == before
