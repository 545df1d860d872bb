"""What the browse pages show, from what a generation seals: no request, no engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopkg.errors import Lang
from coopkg.figures import Country, Event, Timeline, World
from coopkg.serve import i18n, navigation, present
from coopkg.serve.service import Service
from coopkg.typography import collated


@dataclass(frozen=True)
class View:
    """The browse pages of one generation in one language."""

    service: Service
    sealed: navigation.Navigation
    lang: Lang

    @property
    def names(self) -> present.Names:
        """The names of the generation."""
        return present.Names(self.service.catalogue, self.lang)

    def leaf(self, iri: str, **more: Any) -> dict[str, Any]:
        """Return an entity as a list shows it: its link, its questions, what may compare it."""
        asked = navigation.questions(self.service, iri, self.lang)
        comparable = any(iri in group for group in self.sealed.browse["comparable"].values())
        where = navigation.local(iri)
        return {
            "id": "-".join(iri.split("/")[-2:]),
            "text": self.names.text(iri),
            "href": self.names.href(iri),
            "questions": asked,
            "answered": sum(one["status"] in {"complete", "truncated"} for one in asked),
            "compare": f"/{self.lang}/compare?a={where}" if comparable else "",
            **more,
        }

    def linked(self, iris: Iterable[str]) -> list[dict[str, str]]:
        """Return entities as links, in the order of their names."""
        found = [{"text": self.names.text(one), "href": self.names.href(one)} for one in iris]
        return sorted(found, key=lambda one: collated(one["text"]))

    def _facts(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {"items": self.linked(one["items"]), "unsaid": self.linked(one["unsaid"])}

    def countries(self) -> dict[str, Any]:
        """Return the zones with their countries, and the map of what is said of each country."""
        zones = []
        for zone in self.sealed.browse["zones"]:
            inside = [self.leaf(one["entity"], **self._facts(one)) for one in zone["countries"]]
            shown = self.leaf(zone["entity"]) if zone["entity"] else {"id": "", "questions": []}
            zones.append({**shown, "countries": sorted(inside, key=_by_text)})
        return {
            "zones": sorted(zones, key=lambda one: (not one["id"], collated(one.get("text", ""))))
        }

    def map(self, base: str) -> World:
        """Return the map: on each country, how many activities are described there."""
        t = i18n.texts(self.lang)
        every = [one for zone in self.sealed.browse["zones"] for one in zone["countries"]]
        return World(
            t(
                "Actions et programmes que les sources décrivent, par pays",
                "Actions and programmes that the sources describe, by country",
            ),
            tuple(
                Country(one["code"], self.names.text(one["entity"]), len(one["items"]) or None)
                for one in sorted(every, key=lambda one: collated(self.names.text(one["entity"])))
                if one["code"]
            ),
            base,
            t("Pays", "Country"),
            t("Actions et programmes", "Actions and programmes"),
        )

    def themes(self) -> dict[str, Any]:
        """Return the tree of themes."""
        return {"themes": self._tree(self.sealed.browse["themes"], set())}

    def _tree(self, tree: Sequence[Mapping[str, Any]], named: set[str]) -> list[dict[str, Any]]:
        """Return a tree as a list shows it; a theme that stands twice is named the first time."""
        found = [
            self.leaf(
                one["entity"],
                **self._facts(one),
                within=one["within"],
                narrower=self._tree(one["narrower"], named),
            )
            for one in tree
        ]
        for one in found:
            if one["id"] in named:
                one["id"] = ""
            named.add(one["id"])
        return sorted(found, key=_by_text)

    def actors(self) -> dict[str, Any]:
        """Return the kinds of actor with the actors of each; what has no kind comes last."""
        t = i18n.texts(self.lang)
        unnamed = {
            "group": t(
                "Groupes que la source ne détaille pas", "Groups the source does not detail"
            ),
            "": t("Acteurs dont la source ne dit pas le type", "Actors whose kind is not stated"),
        }
        kinds = []
        for kind in self.sealed.browse["kinds"]:
            name = kind["entity"]
            shown = (
                {"id": name or "unknown", "text": unnamed[name], "href": "", "questions": []}
                if name in unnamed
                else self.leaf(name)
            )
            actors = sorted((self.leaf(one) for one in kind["items"]), key=_by_text)
            kinds.append({**shown, "actors": actors, "last": name in unnamed})
        return {"kinds": sorted(kinds, key=lambda one: (one["last"], _by_text(one)))}

    def networks(self) -> dict[str, Any]:
        """Return the networks with their members and their other ties."""
        found = []
        for one in self.sealed.browse["networks"]:
            ties: dict[str, list[str]] = {}
            for tie in one["ties"]:
                ties.setdefault(tie["property"], []).append(tie["entity"])
            found.append(
                self.leaf(
                    one["entity"],
                    members=self.linked(one["members"]),
                    ties=[
                        {"label": self.names.text(name), "others": self.linked(others)}
                        for name, others in ties.items()
                    ],
                    unsaid=self.linked(one["unsaid"]),
                )
            )
        return {"networks": sorted(found, key=_by_text)}

    def years(self) -> dict[str, Any]:
        """Return the years with their figures, the periods, and the dated events."""
        sealed = self.sealed.browse["years"]
        years = [
            {
                "year": one["year"],
                "figures": self._figures(one["figures"]),
                "unsaid": self.linked(one["unsaid"]),
                "questions": (
                    asked := navigation.questions(self.service, str(one["year"]), self.lang)
                ),
                "answered": sum(each["status"] in {"complete", "truncated"} for each in asked),
            }
            for one in sealed["years"]
        ]
        periods = [{**one, "figures": self._figures(one["figures"])} for one in sealed["periods"]]
        return {"years": years, "periods": periods, "events": self._events()}

    def _figures(self, figures: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        """Return figures as their name and their value in words."""
        found = []
        for one in figures:
            entity = one["entity"]
            known = entity in self.names.labels
            found.append(
                {
                    "text": self.names.text(entity if known else one["indicator"]),
                    "href": self.names.href(entity),
                    "value": number(one["value"], self.lang),
                }
            )
        return sorted(found, key=_by_text)

    def _events(self) -> list[dict[str, str]]:
        found = []
        for one in self.sealed.browse["years"]["events"]:
            day = len(one["date"]) == len("2012-07-12")
            found.append(
                {
                    "text": self.names.text(one["item"]),
                    "href": self.names.href(one["item"]),
                    "what": self.names.text(one["property"]),
                    "when": i18n.date(one["date"], self.lang) if day else one["date"],
                    "year": one["date"][:4],
                }
            )
        return found

    def timeline(self) -> Timeline:
        """Return the timeline: dated events, and the years that each figure covers."""
        t = i18n.texts(self.lang)
        sealed = self.sealed.browse["years"]
        events = [Event(one["text"], one["when"], float(one["year"])) for one in self._events()]
        spans: dict[str, list[int]] = {}
        for one in sealed["years"]:
            for figure in one["figures"]:
                spans.setdefault(figure["indicator"], []).append(one["year"])
        events += [
            self._span(t("{} : chiffres annuels", "{}: yearly figures"), name, years)
            for name, years in sorted(spans.items())
        ]
        for one in sealed["periods"]:
            for name in sorted({figure["indicator"] for figure in one["figures"]}):
                words = t("{} : sur toute la période", "{}: over the whole period")
                events.append(self._span(words, name, [one["start"], one["end"]]))
        return Timeline(
            t("Ce qui est daté", "What is dated"),
            tuple(events),
            t("Fait ou chiffre", "Fact or figure"),
            t("Quand", "When"),
        )

    def _span(self, words: str, indicator: str, years: Sequence[int]) -> Event:
        first, last = min(years), max(years)
        label = words.format(self.names.text(indicator))
        dash = "-" if self.lang == "fr" else "–"
        return Event(label, f"{first}{dash}{last}" if last > first else f"{first}", first, last)


def _by_text(one: Mapping[str, Any]) -> str:
    return collated(str(one["text"]))


def number(text: str, lang: Lang) -> str:
    """Write a number as a language does; what is none is left as it is.

    >>> number("79", "fr"), number("12.5", "fr")
    ('79', '12,5')
    """
    return text.replace(".", ",") if lang == "fr" else text


def covers(service: Service, sealed: navigation.Navigation, lang: Lang) -> dict[str, Any]:
    """Return what the data cover, for the first page; nothing when it is not sealed."""
    found = sealed.browse.get("covers")
    if not found:
        return {}
    names = present.Names(service.catalogue, lang)
    documents = [{"text": names.text(one), "href": names.href(one)} for one in found["documents"]]
    return {**found, "documents": documents}
