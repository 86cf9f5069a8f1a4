"""Each page opened in a browser, used, and looked at by axe-core; nothing is said on the console."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import ARTICLE, EXAMPLES, TOKEN, Served

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
PAGES = {
    "home": "/",
    "timeline": "/timeline?in_force_on=2019-09-15",
    "law": "/law?in_force_on=2019-07-04&against=2019-07-03",
    "check": "/check?destination_country=KR&code=7(19)&decisive_date=2019-07-04",
    "impact": "/impact",
    "exposure": "/exposure",
    "coming": "/coming?in_force_on=2019-07-10",
    "desk": "/desk",
    "dossier": "/dossiers/gsomia?in_force_on=2019-09-01",
    "event": "/events/jp-three-materials-individual",
    "record": "/records/7(19)",
    "sign-in": "/sign-in",
}


class Watched:
    """A page of the browser that keeps what is said on its console."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.said.append(f"asked outside: {request.url}")

    def open(self, path: str) -> Any:
        self.page.goto(self.url + path)
        return self.page


@pytest.fixture
def watched(browser: Any, served: Served, request: pytest.FixtureRequest) -> Iterator[Watched]:
    wide, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(
        viewport={"width": wide, "height": 900}, color_scheme=scheme, accept_downloads=True
    )
    context.set_default_timeout(15_000)
    found = Watched(context.new_page(), served.url)
    yield found
    context.close()
    assert found.said == []


def _faults(page: Any) -> list[str]:
    """What axe-core finds serious or critical."""
    import axe_playwright_python  # noqa: PLC0415  it brings axe-core along

    script = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} ({one['nodes'][0]['failureSummary'][:200]})"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def _shot(page: Any, name: str) -> None:
    """A picture of the page, kept where CI says; it must at least not be blank."""
    content = page.screenshot()
    assert len(content) > 8_000, name
    folder = os.environ.get("SEKISHO_SCREENSHOTS")
    if folder:
        (Path(folder) / f"{name}.png").write_bytes(content)


@pytest.mark.parametrize("watched", [(390, "light")], indirect=True, ids=["390"])
def test_pictures_on_a_phone_scroll_neither_the_page_nor_themselves(watched: Watched) -> None:
    page = watched.open("/impact")
    page.set_input_files("#file", EXAMPLES / "orders_2019_2023.csv")
    page.select_option("#event", "jp-three-materials-individual")
    page.click("#impact-form button.main")
    page.wait_for_selector("figure img")
    wide = "all => all.map(one => [one.scrollWidth, one.clientWidth])"
    found = page.locator("figure .canvas").evaluate_all(wide)
    assert len(found) == 3
    assert all(needed <= given for needed, given in found), found
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("text=hydrogen fluoride to South Korea: individual").count() >= 1


@pytest.mark.parametrize(
    "watched",
    [(1280, "light"), (390, "dark")],
    indirect=True,
    ids=lambda how: f"{how[0]}-{how[1]}",
)
def test_every_page_is_sound(watched: Watched) -> None:
    for name, path in PAGES.items():
        page = watched.open(path)
        view = page.viewport_size
        assert page.evaluate("document.documentElement.scrollWidth") <= view["width"], name
        assert _faults(page) == [], name
        _shot(page, f"{name}-{view['width']}")


def _until(page: Any, where: str, text: str) -> None:
    """Waits until a place shows a text; no script is evaluated, which the pages' policy forbids."""
    page.locator(where, has_text=text).first.wait_for()


def _resist(page: Any) -> Any:
    return page.locator('td[data-item="7(19)"][data-destination="KR"]')


def test_the_slider_of_the_law_moves_from_3_to_4_july_2019(watched: Watched) -> None:
    page = watched.open("/law?in_force_on=2019-07-03&apart=KR")
    assert "General Bulk Licence" in _resist(page).inner_text()
    slider = page.locator('input[data-slides="in_force_on"]')
    slider.focus()
    page.keyboard.press("ArrowRight")
    _until(page, "#picture .by", "2019-07-04")
    assert slider.get_attribute("aria-valuetext") == "2019-07-04"
    assert "individual licence" in _resist(page).inner_text()
    assert "in_force_on=2019-07-04" in page.url
    page.fill("#against", "2019-07-03")
    page.locator("#against").dispatch_event("change")
    page.wait_for_selector("td.changed")
    assert "▲ on 2019-07-03: General Bulk Licence" in _resist(page).inner_text()
    assert page.locator("td.changed").count() == 3


def test_the_sliders_of_the_timeline_recolour_it(watched: Watched) -> None:
    page = watched.open("/timeline?in_force_on=2019-11-22&known_on=2019-11-21")
    lane = page.locator("#lane-gsomia")
    assert "notice of termination given" in lane.inner_text()
    page.locator('input[data-slides="known_on"]').focus()
    page.keyboard.press("ArrowRight")
    _until(page, "#lane-gsomia .title", "effect of the notice suspended")
    page.locator('input[data-slides="in_force_on"]').focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    _until(page, "#picture .by", "2021-")
    assert page.locator("#lane-gsomia .state").inner_text() == "in force, effect of the notice suspended"


def test_a_click_opens_an_event_with_its_sources(watched: Watched) -> None:
    page = watched.open("/timeline?in_force_on=2019-12-31")
    mark = page.locator('#lane-gsomia a[href="/events/gsomia-termination-notice"]').first
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#event h2")
    told = page.locator("#event").inner_text()
    assert "2019-08-23" in told
    assert page.locator("#event .sources li").count() >= 1
    assert page.url.startswith(f"{watched.url}/timeline")


def test_open_questions_are_filled_in_and_the_answer_changes(watched: Watched) -> None:
    page = watched.open("/check")
    assert "The answer appears here" in page.locator("#answer").inner_text()
    page.select_option("#destination_country", "KR")
    page.fill("#code", "3(1)")
    page.fill("#decisive_date", "2019-07-04")
    page.select_option("#item_kind", "goods")
    page.locator("#code").dispatch_event("change")
    page.wait_for_selector('[data-answer="undetermined"]')
    field = page.locator(".question.unanswered select, .question.unanswered input").first
    name = field.get_attribute("name")
    assert page.locator("#answer .question").count() >= 1
    field.select_option(index=1) if field.evaluate("one => one.tagName") == "SELECT" else field.fill("50")
    field.dispatch_event("change")
    page.wait_for_selector(f'.question:not(.unanswered) [name="{name}"]')
    assert _faults(page) == []


def test_a_date_changes_the_answer_of_a_shipment(watched: Watched) -> None:
    page = watched.open(
        "/check?ship_from_country=JP&destination_country=KR&code=7(19)&classification_status=approved"
        "&item_kind=goods&decisive_date=2019-07-03&value=5000000&currency=JPY&icp=yes&informed=no"
        "&end_use_code=none&end_user_concern=none&licences_held=special_general_bulk"
    )
    assert page.locator(".answer").get_attribute("data-answer") == "authorised"
    page.locator('input[data-slides="decisive_date"]').focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('[data-answer="licence_required"]')
    assert "may not ship" in page.locator(".verdict").first.inner_text()
    tree = page.locator(".tree > li > details").first
    tree.locator("summary").first.click()
    assert page.locator("text=What would change the answer").count() == 1
    page.fill("#value", "much")
    page.locator("#value").dispatch_event("change")
    page.wait_for_selector(".faults")
    assert "'much' is not a number" in page.locator("#answer").inner_text()


def test_a_file_is_dropped_and_the_result_downloaded(watched: Watched, tmp_path: Path) -> None:
    page = watched.open("/check")
    orders = (EXAMPLES / "orders_2019_2023.csv").read_text(encoding="utf-8")
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "orders.csv", {type: "text/csv"}));
            const how = {dataTransfer: data, bubbles: true, cancelable: true};
            document.querySelector("#file-form").dispatchEvent(new DragEvent("drop", how));
        }""",
        orders,
    )
    page.click("#file-form button.main")
    page.wait_for_selector("text=Download the decisions")
    assert "263 lines" in page.locator(".lead").inner_text()
    assert _faults(page) == []
    _shot(page, "check-file")
    with page.expect_download() as waited:
        page.click("a.button >> nth=0")
    target = tmp_path / waited.value.suggested_filename
    waited.value.save_as(target)
    assert target.name == "orders-decisions.csv"
    with target.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 263
    assert {row["answer"] for row in rows} >= {"licence_required", "authorised"}


def test_the_impact_of_an_event_is_drawn_and_told(watched: Watched) -> None:
    page = watched.open("/impact")
    page.set_input_files("#file", EXAMPLES / "orders_2019_2023.csv")
    page.select_option("#event", "jp-three-materials-individual")
    page.click("#impact-form button.main")
    page.wait_for_selector("text=lines are answered otherwise")
    pictures = page.locator("figure img")
    assert pictures.count() >= 2
    for at in range(pictures.count()):
        assert pictures.nth(at).evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    assert _faults(page) == []
    _shot(page, "impact-found")


def test_the_exposure_of_a_network_is_worked_out_and_drawn(watched: Watched, tmp_path: Path) -> None:
    page = watched.open("/exposure")
    with page.expect_download() as waited:
        page.click("text=An example to try")
    network = tmp_path / "network.zip"
    waited.value.save_as(network)
    page.set_input_files("#network", network)
    page.select_option("#event", "jp-three-materials-individual")
    page.click("#exposure-form button.main")
    page.wait_for_selector("text=Mitigations side by side")
    pictures = page.locator("figure img")
    assert pictures.count() >= 3
    for at in range(pictures.count()):
        assert pictures.nth(at).evaluate("one => one.naturalWidth") > 100
    assert _faults(page) == []
    _shot(page, "exposure-found")


def test_the_reading_desk_accepts_a_proposal(watched: Watched) -> None:
    page = watched.open("/sign-in?to=/desk")
    page.fill("#token", TOKEN)
    page.click("main button")
    page.wait_for_selector("#text")
    page.fill("#text", ARTICLE)
    page.fill("#name", "browser-1")
    page.check('input[name="keep"]')
    page.click("#read-form button.main")
    page.wait_for_selector("mark")
    assert "tighten export controls" in page.locator("mark").first.inner_text()
    assert _faults(page) == []
    _shot(page, "desk-text")
    page.fill("#by-1", "A. Mori")
    page.fill("#on-1", "2019-07-02")
    page.fill("#reason-1", "The METI notice was seen")
    page.click('button[value="accepted"] >> nth=0')
    page.wait_for_selector('.decision[data-state="accepted"]')
    assert (
        "accepted by A. Mori on 2019-07-02: The METI notice was seen" in page.locator(".decided").inner_text()
    )


def test_what_is_less_sure_stands_apart_on_the_desk(watched: Watched) -> None:
    page = watched.open("/desk")
    page.fill("#text", ARTICLE)
    page.fill("#least_confidence", "1")
    page.click("#read-form button.main")
    page.wait_for_selector(".doubtful")
    page.click(".doubtful summary")
    assert "No event is told surely" in page.locator(".proposals").inner_text()
    assert "tighten export controls" in page.locator(".doubtful blockquote").first.inner_text()
    assert _faults(page) == []
    _shot(page, "desk-doubtful")


def test_the_pages_work_without_a_script(browser: Any, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.url}/law?in_force_on=2019-07-03")
    page.fill("#in_force_on", "2019-07-04")
    page.click("noscript >> nth=0") if page.locator("#controls button.main").count() == 0 else page.click(
        "#controls button.main"
    )
    page.wait_for_selector("text=2019-07-04")
    assert "individual licence" in _resist(page).inner_text()
    context.close()
