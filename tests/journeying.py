"""A partner and a reviewer in a real browser: what each does, by clicks, and what each reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browsing import WAIT_MS, Watched, follow
from filling import Mistake, Who, filled, mistakes

FLAGSHIP = "questions/partners-by-theme-and-place?theme=decentralisation&place=mediterranee"
PUBLISH_MS = 120_000
LICENCE = "CC-BY-4.0"


TAKEN = {"ttl": "csv", "trig": "txt", "nt": "json", "jsonld": "sarif", "csv": "ttl", "xlsx": "csv"}
"""The report is taken away once in each of its formats."""


@dataclass
class Place:
    """A service of its own, and the tokens that its operator gave."""

    home: Path
    url: str
    tokens: dict[str, str]


def who(name: str, form: str, lang: Any, place: str) -> Who:
    label = {"fr": f"Ville de {place}", "en": f"City of {place}"}
    return Who(name, form, lang, label, {"fr": f"Appui à {place}", "en": f"Support to {place}"})


def text(page: Any) -> str:
    return str(page.inner_text("main")).replace("\u00a0", " ").replace("\u202f", " ")


def press(page: Any, fr: str, en: str, timeout: int = WAIT_MS) -> None:
    """Press a button by what is written on it, and wait for the page it leads to."""
    lang = page.get_attribute("html", "lang")
    button = page.get_by_role("button", name=fr if lang == "fr" else en, exact=True).first
    assert button.count() == 1, f"no button {fr!r} on: {text(page)[:2000]}"
    lacking = page.locator("form:has(button:focus) :invalid")
    try:
        with page.expect_navigation(timeout=timeout):
            button.click(timeout=timeout)
    except Exception as error:
        told = f"{fr!r} led nowhere; {lacking.count()} fields lack, on: {text(page)[:2000]}"
        raise AssertionError(told) from error


# --- The partner's part --------------------------------------------------------------------


@dataclass
class Journey:
    """A partner, its browser, and what it keeps on the way."""

    who: Who
    watched: Watched
    asked: str = ""
    template: bytes = b""
    state: str = ""

    @property
    def page(self) -> Any:
        return self.watched.page

    def go(self, path: str) -> Any:
        return self.watched.open(f"/{self.who.lang}/{path}")

    def said(self, fr: str, en: str) -> str:
        return fr if self.who.lang == "fr" else en

    def asks_for_access(self) -> None:
        page = self.go("contribute")
        name = self.who.label[self.who.lang]
        label = self.said("Votre organisme (obligatoire)", "Your organisation (required)")
        page.get_by_label(label).fill(name)
        page.locator("#email").fill(f"contact@{self.who.name}.example")
        page.locator("#message").fill(self.who.action[self.who.lang])
        press(page, "Demander un accès", "Ask for access")
        assert self.said("Votre demande est gardée", "Your request is kept") in text(page)
        assert "example" not in text(page), "what was written is shown to nobody"
        self.asked = page.url

    def reads_the_answer(self) -> None:
        self.page.goto(self.asked)
        given = self.said("Votre jeton vous a été donné", "your token was given to you")
        assert given.lower() in text(self.page).lower()

    def takes_the_template(self) -> None:
        page = self.go("contribute")
        with page.expect_download() as waiting:
            if not self.who.is_table:
                page.locator("details:has(a[href$='.trig']) > summary").click()
            page.locator(f"a[href$='/templates/country-action.{self.who.form}']").click()
        assert waiting.value.suggested_filename == f"country-action-{self.who.lang}.{self.who.form}"
        self.template = Path(waiting.value.path()).read_bytes()

    def chooses(self, body: bytes) -> None:
        kind = "application/octet-stream"
        self.page.set_input_files(
            "#file", {"name": self.who.file, "mimeType": kind, "buffer": body}
        )

    def checks_with_mistakes(self, token: str) -> None:
        body = filled(self.who, self.template, spoilt=True)
        page = self.go("contribute")
        page.locator("#token").fill(token)
        self.chooses(body)
        self.watched.expected = ["422 ("]
        press(page, "Vérifier seulement", "Check only", PUBLISH_MS)
        seen = text(page)
        assert self.said("ne peut pas être envoyé tel quel", "cannot be sent as it is") in seen
        assert self.said("2 à corriger", "2 to correct") in seen, seen
        for mistake in mistakes(self.who, body):
            self.finds(mistake)
        assert not page.get_by_role("button", name=self.said("Envoyer", "Send"), exact=True).count()
        assert token not in page.content()

    def finds(self, mistake: Mistake) -> None:
        """Read one fault: its place, the value, what was expected, an example, and its fix."""
        fault = self.page.locator(".finding, .findings > li").filter(has_text=mistake.place)
        assert fault.count() == 1, (mistake, text(self.page))
        seen = text_of(fault)
        for title in (
            ("Valeur lue", "Value seen"),
            ("Attendu", "Expected"),
            ("Exemple", "Example"),
        ):
            assert self.said(*title) in seen, seen
        assert mistake.seen in seen
        fix = fault.locator("dt").filter(
            has_text=self.said("À écrire à la place", "To write instead")
        )
        assert mistake.fix in text_of(fix.locator("xpath=following-sibling::dd[1]"))
        folded = fault.locator("details").first
        assert not folded.locator("code").first.is_visible(), "what the engine said is folded"

    def takes_the_report_away(self) -> None:
        form = TAKEN[self.who.form]
        with self.page.expect_download(timeout=PUBLISH_MS) as waiting:
            self.page.locator(f"button[name=action][value={form}]").click(timeout=PUBLISH_MS)
        assert waiting.value.suggested_filename == f"report.{form}"
        wrong = "nn" if self.who.is_table else "cfadd"
        assert wrong in Path(waiting.value.path()).read_text(encoding="utf-8-sig")

    def corrects(self) -> None:
        self.chooses(filled(self.who, self.template))
        press(self.page, "Vérifier seulement", "Check only", PUBLISH_MS)
        seen = text(self.page)
        assert self.said("Ce que cela changerait", "What it would change") in seen, seen
        assert self.said("à corriger", "to correct") not in seen

    def reads_what_would_change(self) -> None:
        page = self.page
        for folded in page.locator("details").all():
            if folded.get_attribute("open") is None:
                folded.locator("summary").first.click()
        link = page.locator(f"a[href='/{self.who.lang}/{FLAGSHIP}'], "
                            f"a[href='/{self.who.lang}/{turned(FLAGSHIP)}']").first  # fmt: skip
        row = link.locator("xpath=ancestor::li[1]")
        assert self.said("1 ligne de plus", "1 row more") in text_of(row)
        assert self.who.action[self.who.lang] in text_of(row)

    def sends(self) -> None:
        page = self.page
        page.get_by_label(
            re.compile(self.said("Licence de publication", "Licence of pub"))
        ).select_option(LICENCE)
        page.get_by_role("checkbox").check()
        press(page, "Envoyer", "Send", PUBLISH_MS)
        seen = text(page)
        assert self.said("attend qu’une personne la relise", "waits for a person") in seen, seen
        assert "Creative Commons Attribution 4.0" in seen
        assert "code=" in page.url
        self.state = page.url

    def reads_its_state(self, fr: str, en: str) -> None:
        self.page.goto(self.state)
        assert self.said(fr, en) in text(self.page), text(self.page)

    @property
    def id(self) -> str:
        found = re.search(r"c-\d+-\w+", self.state)
        assert found
        return found[0]


def turned(path: str) -> str:
    """Return an address with its two choices in the other order."""
    bare, _, query = path.partition("?")
    return f"{bare}?{'&'.join(reversed(query.split('&')))}"


def text_of(found: Any) -> str:
    return " ".join(str(found.inner_text()).replace("\u00a0", " ").split())


# --- The reviewer's part -------------------------------------------------------------------


@dataclass
class Review:
    """Who reviews, in a browser of their own."""

    watched: Watched
    lang: str
    token: str

    @property
    def page(self) -> Any:
        return self.watched.page

    def opens(self, token: str = "") -> None:
        page = self.watched.open(f"/{self.lang}/review")
        page.locator("#token").fill(token or self.token)
        press(page, "Ouvrir", "Open")

    def reads(self, one: Journey) -> None:
        """Open what one has sent, from what waits, and read it."""
        page = self.page
        follow(page, page.get_by_role("button", name=one.id))
        seen = text(page)
        lang = page.get_attribute("html", "lang")
        assert one.who.label[lang] in seen
        assert one.who.file in seen
        assert "Creative Commons Attribution 4.0" in seen
        thing = page.locator("h3", has_text=one.who.action[lang])
        assert thing.count() == 1
        about = text_of(thing.locator("xpath=following-sibling::ul[1]"))
        assert ("ajouté a pour pays : Tunisie" if lang == "fr" else "added") in about, about
        assert "https://" not in about, "names, not addresses"

    def presses(self, fr: str, en: str) -> None:
        press(self.page, fr, en, PUBLISH_MS)


def flagship(page: Any, place: Place, lang: str) -> str:
    page.goto(f"{place.url}/{lang}/{FLAGSHIP}")
    return text_of(page.locator("main table").first)
