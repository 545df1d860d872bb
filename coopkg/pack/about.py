"""What a pack says of itself: a page in each language, two texts, the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from coopkg.pack.extra import t
from coopkg.pack.plan import Plan

LICENCE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"


@dataclass(frozen=True)
class Facts:
    """What is true of one pack; `titles` are those of its questions, by language and slug."""

    generation: str
    published: str
    langs: Sequence[str]
    plan: Plan
    titles: Mapping[str, Mapping[str, str]]
    pages: int
    files: int
    live: str
    version: str
    most: int | None = None

    @property
    def answers(self) -> int:
        """How many answers there are in one language."""
        return sum(len(one.given) for one in self.plan.questions.values())

    @property
    def left_out(self) -> int:
        """How many combinations of choices are not answered."""
        return sum(one.left_out for one in self.plan.questions.values())


def page(facts: Facts, lang: str, day: str) -> str:
    """Return the content of the page about the pack."""
    inside = "".join(f"<li>{escape(one)}</li>" for one in _inside(facts, lang))
    outside = "".join(f"<li>{escape(one)}</li>" for one in _outside(facts, lang))
    rows = "".join(
        f"<tr><th scope=row>{escape(facts.titles[lang][slug])}</th>"
        f'<td class="number">{one.alone}</td><td class="number">{one.together}</td>'
        f'<td class="number">{one.left_out}</td></tr>'
        for slug, one in sorted(facts.plan.questions.items())
    )
    heads = (
        t(lang, "Question", "Question"),
        t(lang, "Avec un choix", "With one choice"),
        t(lang, "Autrement", "Otherwise"),
        t(lang, "Pas dans le paquet", "Not in the pack"),
    )
    head = "".join(f"<th scope=col>{one}</th>" for one in heads)
    caption = t(lang, "Réponses, question par question", "Answers, question by question")
    return (
        f"<h1>{t(lang, 'Ce que contient ce paquet', 'What this pack holds')}</h1>"
        f"<p>{escape(_when(facts, lang, day))}</p><ul>{inside}</ul>"
        f"<h2>{t(lang, 'Ce qui n’y est pas', 'What is not in it')}</h2><ul>{outside}</ul>"
        f"<h2>{t(lang, 'Vérifier', 'Verify')}</h2><p>{escape(_verify(lang))}</p>"
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        "</table></div>"
    )


def readme(facts: Facts, lang: str, day: str) -> list[str]:
    """Return the lines of the text file that explains the pack."""
    return [
        t(lang, "Coopération internationale du CNFPT", "International cooperation of the CNFPT"),
        t(lang, "Graphe de connaissances, paquet hors ligne", "Knowledge graph, offline pack"),
        "",
        t(
            lang,
            "Ouvrez index.html dans un navigateur. Aucun réseau, aucun serveur n’est nécessaire.",
            "Open index.html in a browser. No network and no server are needed.",
        ),
        _when(facts, lang, day),
        "",
        *(f"- {one}" for one in _inside(facts, lang)),
        "",
        t(lang, "Ce qui n’y est pas :", "What is not in it:"),
        *(f"- {one}" for one in _outside(facts, lang)),
        "",
        _verify(lang),
        t(
            lang,
            f"Données : Licence Ouverte 2.0, {LICENCE}",
            f"Data: Open Licence 2.0 (Licence Ouverte), {LICENCE}",
        ),
        t(
            lang,
            "Service non officiel ; les faits viennent d’une brochure du CNFPT.",
            "Unofficial service; the facts come from one brochure of the CNFPT.",
        ),
        *([facts.live] if facts.live else []),
    ]


def described(facts: Facts) -> dict[str, Any]:
    """Return what the manifest says, files apart."""
    return {
        "generation": facts.generation,
        "published": facts.published,
        "licence": LICENCE,
        "languages": list(facts.langs),
        "made_by": f"coopkg {facts.version}",
        "service": facts.live or None,
        "answers": facts.answers,
        "pages": facts.pages,
        "trial": facts.most is not None,
        "left_out": {
            "combinations": facts.left_out,
            "by_question": {
                slug: one.left_out
                for slug, one in sorted(facts.plan.questions.items())
                if one.left_out
            },
        },
    }


def _when(facts: Facts, lang: str, day: str) -> str:
    return t(
        lang,
        f"Données de la génération {facts.generation}, publiée le {day}. "
        "Ce qui a changé depuis n’y est pas.",
        f"Data of generation {facts.generation}, published on {day}. "
        "What has changed since is not in it.",
    )


def _inside(facts: Facts, lang: str) -> list[str]:
    questions = len(facts.plan.questions)
    return [
        t(
            lang,
            f"{questions} questions et {facts.answers} réponses : chaque question telle quelle, "
            "avec chacun de ses choix, et avec chaque combinaison de choix qui a des lignes",
            f"{questions} questions and {facts.answers} answers: each question as it is, "
            "with each of its choices, and with each combination of choices that has rows",
        ),
        t(
            lang,
            f"{facts.pages} pages, dont les raisons de chaque ligne, les sources et le vocabulaire",
            f"{facts.pages} pages, among them the reasons of each row, the sources, the vocabulary",
        ),
        t(
            lang,
            f"{facts.files} fichiers : un classeur par réponse, et toutes les données dans dumps/",
            f"{facts.files} files: a workbook for each answer, and all the data in dumps/",
        ),
    ]


def _outside(facts: Facts, lang: str) -> list[str]:
    trial = t(
        lang,
        f"ce paquet est un essai, arrêté à {facts.most} pages et fichiers : des réponses annoncées "
        "ici n’y sont pas",
        f"this pack is a trial, stopped at {facts.most} pages and files: answers announced here "
        "are not in it",
    )
    return [
        *([trial] if facts.most is not None else []),
        t(
            lang,
            f"{facts.left_out} combinaisons de choix : elles n’ont pas de ligne, ou sont trop "
            "nombreuses (tableau ci-dessous)",
            f"{facts.left_out} combinations of choices: they have no row, or are too many (see the "
            "table)",
        ),
        t(
            lang,
            "l’éditeur de requêtes SPARQL, les comparaisons, le tri et le filtrage des lignes, les "
            "reçus, les signalements : ils demandent le service",
            "the editor of SPARQL queries, comparisons, sorting and filtering of rows, receipts, "
            "reports: they need the service",
        ),
        t(
            lang,
            "les autres formats d’une réponse avec choix, et d’une page (le classeur et dumps/ ont "
            "les mêmes données)",
            "the other formats of an answer with choices, and of a page (the workbook and dumps/ "
            "hold the same data)",
        ),
    ]


def _verify(lang: str) -> str:
    return t(
        lang,
        "SHA256SUMS donne l’empreinte de chaque fichier : sha256sum -c SHA256SUMS. La même "
        "génération donne le même paquet, octet pour octet.",
        "SHA256SUMS gives the hash of each file: sha256sum -c SHA256SUMS. "
        "The same generation gives the same pack, byte for byte.",
    )
