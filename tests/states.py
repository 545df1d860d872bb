"""Each kind of page in each of its states: what checks of all pages look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """A page in one state: its name, its address in a language, the status it answers."""

    name: str
    address: str  # `{lang}` stands for the language
    status: int = 200

    def path(self, lang: str) -> str:
        """Return the address in a language."""
        return self.address.replace("{lang}", lang)

    def __str__(self) -> str:
        return self.name


_QUESTION = "/{lang}/questions/"
_FLAGSHIP = _QUESTION + "partners-by-theme-and-place"
_CHOSEN = "?theme=decentralisation&place=mediterranee"

STATES = (
    State("home", "/{lang}/"),
    State("questions", "/{lang}/questions"),
    State("answer", _FLAGSHIP + _CHOSEN),
    State("open answer, in pages", _FLAGSHIP),
    State("second page", _QUESTION + "activities-of-a-partner?page=2"),
    State("empty answer", _FLAGSHIP + "?theme=police-municipale&place=vietnam"),
    State("not stated", _QUESTION + "trainees-by-year?year=2018"),
    State("a figure", _QUESTION + "trainees-by-year"),
    State("a map", _QUESTION + "partners-by-country"),
    State("yes or no", _QUESTION + "is-member-of?organisation=cncd"),
    State("without what is inferred", _FLAGSHIP + _CHOSEN + "&inference=off"),
    State("past", _FLAGSHIP + _CHOSEN + "&generation=1"),
    State("proof", _FLAGSHIP + "/why" + _CHOSEN + "&row=1"),
    State("browse", "/{lang}/browse"),
    *(
        State(f"browse {kind}", f"/{{lang}}/browse/{kind}")
        for kind in ("countries", "themes", "actors", "networks", "years")
    ),
    State("compare", "/{lang}/compare"),
    State("compare countries", "/{lang}/compare?a=place/tunisie&b=place/maroc"),
    State("compare actors", "/{lang}/compare?a=organisation/cfad&b=organisation/afd"),
    State("search", "/{lang}/search"),
    State("search understood", "/{lang}/search?q=police+municipale+Liban"),
    State("search refused", "/{lang}/search?q=recette+du+cassoulet"),
    State("entity", "/{lang}/id/organisation/cfad"),
    State("country", "/{lang}/id/place/tunisie"),
    State("concept", "/{lang}/scheme/theme/decentralisation"),
    State("passage", "/{lang}/graph/passage/l142"),
    State("reference", "/{lang}/graph/reference/m49"),
    State("vocabulary", "/{lang}/ns"),
    State("term", "/{lang}/ns/hasPartner"),
    State("dumps", "/dumps/?lang={lang}"),
    State("catalogue of data", "/catalog?lang={lang}"),
    State("content of data", "/void?lang={lang}"),
    State("report", "/{lang}/report?about=/{lang}/id/organisation/cfad&fact=x"),
    State("changes", "/{lang}/changes"),
    State("accessibility", "/{lang}/accessibility"),
    State("rules", "/{lang}/rules"),
    State("criteria", "/{lang}/accessibility/criteria"),
    State("SPARQL", "/sparql?lang={lang}"),
    State("SPARQL answer", "/sparql?lang={lang}&query=SELECT+*+WHERE+%7B+%3Fs+a+%3Ft+%7D+LIMIT+5"),
    State("contribute", "/{lang}/contribute"),
    State("forms", "/{lang}/contribute/new"),
    State("form looked for", "/{lang}/contribute/new/organisation?q=BTVL"),
    State("form that exists", "/{lang}/contribute/new/organisation?use=organisation/cfad"),
    State("form", "/{lang}/contribute/new/organisation?create=1&q=Sfax"),
    State("form of actors", "/{lang}/contribute/new/country-action?create=1"),
    State("form refused", "/{lang}/contribute/new/nothing", 404),
    State("mappings", "/{lang}/contribute/mappings"),
    State("partners", "/{lang}/partners"),
    State("review", "/{lang}/review"),
    State("links", "/{lang}/links"),
    State("propose a link", "/{lang}/links/propose"),
    State("review links", "/{lang}/review/links"),
    State("policy of addresses", "/{lang}/iri-policy"),
    State("guides", "/{lang}/guides"),
    State("a guide with tables", "/{lang}/guides/contributions"),
    State("a guide with commands", "/{lang}/guides/partner-tutorial"),
    State("mint", "/{lang}/mint"),
    State("minted", "/{lang}/mint?kind=organisation&label=BTVL&partner=tunis"),
    State("mint refused", "/{lang}/mint?kind=place&label=%D8%AA", 400),
    State("no such contribution", "/{lang}/contributions/c-999999-00000000", 404),
    State("SPARQL mistake", "/sparql?lang={lang}&query=SELECT+WHERE", 400),
    State("no such page", "/{lang}/nothing", 404),
    State("no such question", _QUESTION + "nothing", 404),
    State("no such entity", "/{lang}/id/organisation/nobody", 404),
    State("refused choice", _FLAGSHIP + "?theme=cultur", 400),
    State("no such generation", "/{lang}/?generation=999999", 404),
)
