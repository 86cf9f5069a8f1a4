"""A code or a name stands for a country exactly, or is refused with candidates."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.errors import RegisterInvalid, SekishoError, UnknownCountry
from sekisho.register.countries import normalise
from sekisho.register.country_table import COUNTRIES, load_countries
from sekisho.register.load import Reader
from sekisho.register.register import DATA

SHIPPED = DATA / "countries.csv"
TABLE = load_countries(SHIPPED)
HEADER = ",".join(COUNTRIES.headers)
EXPECTED = "expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name"
KOREAS = "KR (South Korea) or KP (North Korea)"


def shipped_rows() -> list[dict[str, str]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("KR", "KR"),
        ("kor", "KR"),
        ("Kor", "KR"),
        ("410", "KR"),
        ("４１０", "KR"),
        ("ＫＲ", "KR"),
        ("Republic of Korea", "KR"),
        ("KOREA, REPUBLIC OF", "KR"),
        ("Korea (Republic of)", "KR"),
        (" south korea ", "KR"),
        ("South  Korea", "KR"),
        ("South\u3000Korea", "KR"),
        ("韓国", "KR"),
        ("대한민국", "KR"),
        ("한국", "KR"),
        ("North Korea", "KP"),
        ("DPRK", "KP"),
        ("Democratic People’s Republic of Korea", "KP"),
        ("北朝鮮", "KP"),
        ("조선민주주의인민공화국", "KP"),
        ("U.S.A.", "US"),
        ("アメリカ", "US"),
        ("UK", "GB"),
        ("China", "CN"),
        ("Republic of China", "TW"),
        ("People's Republic of China", "CN"),
        ("台湾", "TW"),
        ("Hong Kong", "HK"),
        ("Viet Nam", "VN"),
        ("TÜRKİYE", "TR"),
        ("Turkey", "TR"),
        ("COTE D'IVOIRE", "CI"),
        ("Guinea", "GN"),
        ("Niger", "NE"),
        ("コンゴ共和国", "CG"),
        ("コンゴ民主共和国", "CD"),
        ("Kosovo", "XK"),
    ],
)
def test_exact_text_is_taken(value: str, code: str) -> None:
    assert TABLE.resolve(value).alpha_2 == code


@pytest.mark.parametrize(
    ("value", "candidates"),
    [
        ("Korea", KOREAS),
        ("Ｋｏｒｅａ", KOREAS),
        ("Koera", KOREAS),
        ("朝鮮", KOREAS),
        ("코리아", KOREAS),
        ("Seoul, South Korea", "KR (South Korea)"),
        ("韓国ソウル", "KR (South Korea)"),
        ("Republic of Kore", "KR (South Korea)"),
        ("Congo", "CD (Democratic Republic of the Congo) or CG (Republic of the Congo)"),
        ("コンゴ", "CD (Democratic Republic of the Congo) or CG (Republic of the Congo)"),
        ("ドミニカ", "DM (Dominica) or DO (Dominican Republic)"),
        ("Virgin Islands", "VG (British Virgin Islands) or VI (U.S. Virgin Islands)"),
        ("England", "GB (United Kingdom)"),
        ("Holland", "NL (Netherlands)"),
        ("Crimea", "UA (Ukraine)"),
        ("Donetsk", "UA (Ukraine)"),
        ("Luhansk", "UA (Ukraine)"),
        ("Gaza", "PS (Palestine)"),
        ("Dubai", "AE (United Arab Emirates)"),
        ("Macedonia", "MK (North Macedonia)"),
        ("Vietnm", "VN (Vietnam)"),
    ],
)
def test_other_text_is_refused_with_candidates(value: str, candidates: str) -> None:
    message = f"unknown country {value!r}; {EXPECTED}. Did you mean {candidates}?"
    with pytest.raises(UnknownCountry, match=f"^{re.escape(message)}$"):
        TABLE.resolve(value)


@pytest.mark.parametrize("value", ["", " ", "XX", "EU", "36", "Republic", "Atlantis", "?"])
def test_text_like_nothing_is_refused_without_candidates(value: str) -> None:
    message = f"unknown country {value!r}; {EXPECTED}"
    with pytest.raises(UnknownCountry, match=f"^{re.escape(message)}$") as caught:
        TABLE.resolve(value)
    assert caught.value.candidates == ()


def test_refusal_is_a_value_error_that_keeps_the_value() -> None:
    assert issubclass(UnknownCountry, SekishoError)
    assert issubclass(UnknownCountry, ValueError)
    with pytest.raises(UnknownCountry) as caught:
        TABLE.resolve("Korea")
    assert caught.value.value == "Korea"
    assert caught.value.candidates == (("KR", "South Korea"), ("KP", "North Korea"))


def test_at_most_five_candidates_in_the_same_order_each_time() -> None:
    with pytest.raises(UnknownCountry) as first:
        TABLE.resolve("Islands")
    with pytest.raises(UnknownCountry) as second:
        load_countries(SHIPPED).resolve("Islands")
    assert len(first.value.candidates) == 5
    assert first.value.candidates == second.value.candidates


def test_table_holds_every_entry_of_iso_3166_1_and_kosovo() -> None:
    assert len(TABLE) == 250
    assert [one.alpha_2 for one in TABLE if not one.numeric] == ["XK"]
    assert len({one.alpha_3 for one in TABLE}) == 250
    assert [one.alpha_2 for one in TABLE] == sorted(one.alpha_2 for one in TABLE)


@pytest.mark.parametrize("row", shipped_rows(), ids=lambda row: row["alpha_2"])
def test_every_code_name_and_alias_leads_back(row: dict[str, str]) -> None:
    columns = ("alpha_2", "alpha_3", "numeric", "name", "name_ja", "name_ko")
    texts = [row[column] for column in columns] + row["aliases"].split(";")
    for text in filter(None, texts):
        for form in (text, text.lower(), f"  {text} "):
            assert TABLE.resolve(form).alpha_2 == row["alpha_2"]


@pytest.mark.parametrize("row", shipped_rows(), ids=lambda row: row["alpha_2"])
def test_what_a_row_may_mean_is_refused_with_it_as_a_candidate(row: dict[str, str]) -> None:
    for text in filter(None, row["may_mean"].split(";")):
        with pytest.raises(UnknownCountry) as caught:
            TABLE.resolve(text)
        assert (row["alpha_2"], row["name"]) in caught.value.candidates


def test_code_to_name() -> None:
    assert TABLE.has("KR")
    assert TABLE.name("KR") == "South Korea"
    for code in ("kr", "KOR", "XX", ""):
        assert not TABLE.has(code)
        with pytest.raises(UnknownCountry):
            TABLE.name(code)


@given(st.text())
def test_normalising_twice_changes_nothing(value: str) -> None:
    assert normalise(normalise(value)) == normalise(value)


def near_names() -> st.SearchStrategy[str]:
    """Names cut short, joined or lengthened: what must not be matched by a part."""
    names = st.sampled_from(sorted(TABLE.by_text))
    cut = st.builds(lambda name, end: name[:end], names, st.integers(0, 30))
    return st.one_of(cut, st.builds("{}{}".format, names, st.text(max_size=3)), st.text())


@given(near_names())
@example("Korea")
@example("South Korea.")
def test_only_a_text_in_the_table_is_ever_taken(value: str) -> None:
    if normalise(value) in TABLE.by_text:
        assert TABLE.resolve(value) == TABLE.by_text[normalise(value)]
        return
    with pytest.raises(UnknownCountry) as caught:
        TABLE.resolve(value)
    assert len(caught.value.candidates) <= 5


def write(folder: Path, *rows: str) -> Path:
    path = folder / "countries.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def test_all_faults_are_named_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "KR,KOR,410,South Korea,韓国,,ROK;Korea,,",
        "KP,PRK,408,North Korea,北朝鮮,,ＲＯＫ,Korea,",
        "us,USA,840,United States,,,,,",
        "GB,GBRX,82,,,,,,",
        "FR,FRA,250,France",
    )
    with pytest.raises(RegisterInvalid) as caught:
        load_countries(path)
    head, *faults = str(caught.value).splitlines()
    assert head == "the register has 7 faults:"
    assert [fault.removeprefix("  countries.csv:") for fault in faults] == [
        (
            "3: aliases: 'ＲＯＫ' already stands for KR (South Korea) at line 2; "
            "expected each text once, for one country"
        ),
        (
            "3: may_mean: 'Korea' is an exact name of KR (South Korea); "
            "expected only texts that are to be refused"
        ),
        "4: alpha_2: 'us' is not a code; expected two capital letters, such as KR",
        "5: alpha_3: 'GBRX' is not a code; expected three capital letters, such as KOR",
        "5: name: the cell is empty; expected a value",
        "5: numeric: '82' is not a code; expected three digits, such as 410, or nothing",
        "6: the row has 4 cells; expected 9, as in the header",
    ]


def test_the_same_code_twice_is_a_fault(tmp_path: Path) -> None:
    path = write(tmp_path, "KR,KOR,410,South Korea,,,,,", "KR,KRA,411,Korea,,,,,")
    with pytest.raises(RegisterInvalid, match=r"countries\.csv:3: .*'KR' is already used"):
        load_countries(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "column is missing"), (b"\xff", "not UTF-8"), (b"alpha_2,x\n", "column is not known")],
)
def test_a_file_of_another_form_is_a_fault(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "countries.csv"
    path.write_bytes(content)
    with pytest.raises(RegisterInvalid, match=problem):
        load_countries(path)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RegisterInvalid, match=r"countries\.csv: the file is missing"):
        load_countries(tmp_path / "countries.csv")


def test_shipped_file_is_in_the_form_that_people_edit() -> None:
    reader = Reader(DATA)
    assert [entry.id for entry in reader.table(SHIPPED, COUNTRIES)] == [one.alpha_2 for one in TABLE]
    content = SHIPPED.read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
