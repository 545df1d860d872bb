"""The files that describe the others: dumps, VoID, DCAT-AP, vocabulary, open answers, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from coopkg import linking, search
from coopkg.answers import Context
from coopkg.build import counts, describe, dumps, relations, schema, vocabulary
from coopkg.build.archives import Packer
from coopkg.build.content import Contents
from coopkg.build.describe.dcat import CATALOGUE
from coopkg.build.laid_out import as_json
from coopkg.build.quads import Quads
from coopkg.build.sources import Source
from coopkg.questions import Question, QuestionEvidence
from coopkg.templates import sealed
from coopkg.terms import BASE, expand


def answered(
    asked: Context, questions: Mapping[str, Question], evidence: Mapping[str, QuestionEvidence]
) -> dict[str, bytes]:
    """Return, by name, the files that take asking the questions."""
    choices = relations.choices(questions, asked)
    answers = relations.answers(questions, asked)
    searched = search.document(asked.catalogue.labels, questions, choices, answers)
    linked = linking.document(lambda query: asked.ask(query, {}), asked.catalogue.labels)
    return {
        "answers.json": relations.as_lines(answers),
        "choices.json": as_json(choices),
        search.FILE: search.written(searched),
        linking.FILE: linking.written(linked),
        "offers.json": relations.compact_json(relations.offers(questions, asked)),
        "browse.json": as_json(describe.browse(asked)),
        "counts.json": as_json(counts.counts(questions, evidence, asked)),
    }


def described(
    contents: Contents,
    sources: Iterable[Source],
    questions: Mapping[str, Question],
    digest: str,
    stamp: str,
    packer: Packer | None = None,
) -> dict[str, bytes]:
    """Return, by name, the files that take reading all that a generation holds.

    `stamp` is the time of publication, which only `void.ttl` and `dcat.ttl` hold. A `packer` that
    knows what was packed before spares packing it again.
    """
    store, named = Quads(contents.said, contents.store), contents.catalogue
    made = dumps.dumps(store, contents.text, named, digest, _version(store), packer)
    listed = dumps.listed(made)
    addresses = [f"{BASE}dumps/{digest[:12]}/{one['name']}" for one in listed]
    words = schema.document(store, named.labels, contents.graphs)
    documented = vocabulary.document(sources, store, named.labels, questions)
    return {
        **made,
        "void.ttl": describe.void(contents.described, stamp, addresses),
        "dcat.ttl": describe.catalogue(store, stamp, listed, digest),
        "conflicts.json": as_json(describe.conflicts(store)),
        "coverage.json": as_json(describe.coverage(store)),
        sealed.FILE: as_json(describe.forms(store, named.labels)),
        "schema.json": schema.as_json(words),
        "ontology.json": schema.as_json(documented),
    }


def _version(quads: Quads) -> str:
    """Return the version of the data, as the catalogue gives it; "" when it does not."""
    given = (
        quad.object.value
        for quad in quads.saying(expand("dcat:version"))
        if quad.subject == CATALOGUE and isinstance(quad.object, ox.Literal)
    )
    return next(given, "")
