"""The files that describe the others: dumps, VoID, DCAT-AP, open answers and choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from coopkg import linking, search
from coopkg.answers import Context
from coopkg.build import describe, dumps, relations
from coopkg.build.content import Contents, as_json
from coopkg.build.describe.dcat import CATALOGUE
from coopkg.questions import Question
from coopkg.templates import sealed
from coopkg.terms import BASE, expand


def about(
    contents: Contents,
    store: bytes,
    asked: Context,
    questions: Mapping[str, Question],
    digest: str,
    stamp: str,
) -> dict[str, bytes]:
    """Return what is known once the rest is: by name, the files that describe a generation.

    `store` is `store.nq`, and `asked` answers from it; `stamp` is the time of publication, which
    only `void.ttl` and `dcat.ttl` hold.
    """
    version = _version(contents.store)
    choices = relations.choices(questions, asked)
    answers = relations.answers(questions, asked)
    searched = search.document(asked.catalogue.labels, questions, choices, answers)
    linked = linking.document(lambda query: asked.ask(query, {}), asked.catalogue.labels)
    made = dumps.dumps(contents.store, store, asked.catalogue, digest, version)
    listed = dumps.listed(made)
    addresses = [f"{BASE}dumps/{digest[:12]}/{one['name']}" for one in listed]
    return {
        **made,
        "void.ttl": describe.void(contents.described, stamp, addresses),
        "dcat.ttl": describe.catalogue(contents.store, stamp, listed, digest),
        "answers.json": relations.as_lines(answers),
        "choices.json": as_json(choices),
        search.FILE: search.written(searched),
        linking.FILE: linking.written(linked),
        "conflicts.json": as_json(describe.conflicts(contents.store)),
        "coverage.json": as_json(describe.coverage(contents.store)),
        sealed.FILE: as_json(describe.forms(contents.store, asked.catalogue.labels)),
        "offers.json": relations.compact_json(relations.offers(questions, asked)),
    }


def _version(quads: Iterable[ox.Quad]) -> str:
    """Return the version of the data, as the catalogue gives it; "" when it does not."""
    given = (
        quad.object.value
        for quad in quads
        if quad.subject == CATALOGUE
        and quad.predicate == expand("dcat:version")
        and isinstance(quad.object, ox.Literal)
    )
    return next(given, "")
