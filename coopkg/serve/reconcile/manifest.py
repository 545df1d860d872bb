"""What the service offers to clients of the Reconciliation API, in one language."""

from __future__ import annotations

from typing import Any, Final

from coopkg import __version__
from coopkg.errors import Lang
from coopkg.linking import Index
from coopkg.linking.suggesting import text
from coopkg.serve import linked
from coopkg.serve.travel import address
from coopkg.terms import BASE, PREFIXES

Json = dict[str, Any]

VERSIONS: Final = ["0.1", "0.2"]
BATCH: Final = 50
"""Queries that a client had better send at once."""
WIDTH, HEIGHT = 320, 160
_USUAL: Final = (
    PREFIXES["org"] + "Organization",
    PREFIXES["coop"] + "Actor",
    PREFIXES["coop"] + "Place",
    PREFIXES["coop"] + "CooperationActivity",
    BASE + "scheme/theme",
)


def manifest(index: Index, lang: Lang, bound: bool) -> Json:
    """Return the manifest; its addresses keep the language when one is `bound`."""
    path = f"/{lang}/reconcile" if bound else "/reconcile"
    service = linked.public(path)
    says = {"fr": 0, "en": 1}[lang]
    return {
        "versions": VERSIONS,
        "name": (
            "Coopération internationale des territoires (CNFPT, non officiel)",
            "International cooperation of local authorities (CNFPT, unofficial)",
        )[says],
        "identifierSpace": BASE,
        "schemaSpace": PREFIXES["coop"],
        "documentation": linked.public(f"/{lang}/"),
        "serviceVersion": __version__,
        "defaultTypes": [kind(index, one, lang) for one in _USUAL if one in index.classes],
        "view": {"url": service + _with_id("/view")},
        "preview": {"url": service + _with_id("/preview"), "width": WIDTH, "height": HEIGHT},
        "suggest": {what: _suggest(service, what) for what in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {
                "service_url": service,
                "service_path": address("/extend/propose"),
            },
            "property_settings": _settings(lang),
        },
        "batchSize": BATCH,
    }


def kind(index: Index, iri: str, lang: Lang) -> Json:
    """Return a type as clients want it."""
    return {"id": iri, "name": text(index.classes.get(iri, {}), lang) or iri}


def _with_id(path: str) -> str:
    """Return an address with the place of an identifier, at the generation that is asked."""
    here = address(path)
    return here + ("&" if "?" in here else "?") + "id={{id}}"


def _suggest(service: str, what: str) -> Json:
    return {
        "service_url": service,
        "service_path": address(f"/suggest/{what}"),
        "flyout_service_url": service,
        "flyout_service_path": _with_id(f"/flyout/{what}").replace("{{id}}", "${id}"),
    }


def _settings(lang: Lang) -> list[Json]:
    def says(fr: str, en: str) -> str:
        return fr if lang == "fr" else en

    return [
        {
            "name": "limit",
            "type": "number",
            "default": 0,
            "label": says("Nombre de valeurs", "Number of values"),
            "help_text": says("0 : toutes", "0: all of them"),
        },
        {
            "name": "lang",
            "type": "select",
            "default": lang,
            "label": says("Langue des textes", "Language of texts"),
            "choices": [
                {"value": "fr", "name": "français"},
                {"value": "en", "name": "English"},
                {"value": "all", "name": says("toutes", "all")},
            ],
        },
        {
            "name": "content",
            "type": "select",
            "default": "value",
            "label": says("Contenu", "Content"),
            "choices": [
                {"value": "value", "name": says("valeurs", "values")},
                {"value": "id", "name": says("adresses", "addresses")},
                {"value": "count", "name": says("nombre", "count")},
            ],
        },
    ]
