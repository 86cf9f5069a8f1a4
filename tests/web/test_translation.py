"""The texts of the pages wait for translation, all of them, and a catalogue is used when it is there."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from starlette.testclient import TestClient

from sekisho.register.register import Register
from sekisho.web.app import create_app
from sekisho.web.pages import layout
from sekisho.web.settings import Settings

WEB = Path(layout.__file__).parents[1]
POT = layout.LOCALE / "messages.pot"


def extracted() -> Catalog:
    """Every text of the templates, with where it stands."""
    found = Catalog(project="sekisho", header_comment="# Texts of the pages of Sekisho, for translation.")
    how = [("templates/**.html", "jinja2.ext.babel_extract")]
    options = {"templates/**.html": {"trimmed": "true"}}
    for name, _, message, comments, context in sorted(
        extract_from_dir(WEB, how, options), key=lambda each: each[:2]
    ):
        found.add(message, locations=[(name, "")], auto_comments=comments, context=context)
    for _, title in layout.PAGES:
        found.add(title)
    return found


def _texts(catalog: Catalog) -> set[str]:
    return {str(message.id) for message in catalog if message.id}


def test_the_template_of_the_catalogue_holds_every_text() -> None:
    with POT.open("rb") as file:
        kept = read_po(file)
    assert _texts(kept) == _texts(extracted()), "run tests/web/test_translation.py to write it anew"


def test_a_page_is_read_in_the_language_that_is_asked_for(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = Catalog(locale="de")
    german.add("Timeline", "Zeitleiste")
    path = tmp_path / "de" / "LC_MESSAGES" / "sekisho.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, german)
    monkeypatch.setattr(layout, "LOCALE", tmp_path)
    layout._environment.cache_clear()
    app = create_app(Settings(register=register, base=register, hosts=("*",)))
    try:
        answer = TestClient(app).get("/", headers={"Accept-Language": "fr, de-AT;q=0.8"})
        other = TestClient(app).get("/", headers={"Accept-Language": "fr"})
    finally:
        layout._environment.cache_clear()
    assert "Zeitleiste" in answer.text
    assert '<html lang="de">' in answer.text
    assert answer.headers["content-language"] == "de"
    assert '<html lang="en">' in other.text


def test_names_of_law_stand_beside_in_their_own_language(register: Register) -> None:
    app = create_app(Settings(register=register, base=register, hosts=("*",)))
    client = TestClient(app)
    for path, told in (
        ("/law?in_force_on=2019-07-04", ("特別一般包括許可", "レジスト", "대한민국")),
        ("/timeline", ("日韓秘密軍事情報保護協定", "한일군사비밀정보보호협정")),
    ):
        text = client.get(path).text
        for name in told:
            assert name in text
    assert 'lang="ja"' in text
    assert 'lang="ko"' in text


if __name__ == "__main__":
    POT.parent.mkdir(exist_ok=True)
    held = io.BytesIO()
    write_po(held, extracted(), width=100, sort_output=True, omit_header=True)
    POT.write_bytes(held.getvalue())
