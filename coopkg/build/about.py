"""The files that describe the others: dumps, VoID, DCAT-AP, vocabulary, open answers, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pyoxigraph as ox

from coopkg import linking, search
from coopkg.answers import Catalogue, Context
from coopkg.build import describe, dumps, relations, schema, vocabulary
from coopkg.build.archives import Packed, Packer
from coopkg.build.content import Contents
from coopkg.build.core import Core
from coopkg.build.describe.dcat import CATALOGUE
from coopkg.build.laid_out import as_json, as_lines, compact
from coopkg.build.quads import Quads
from coopkg.build.resumed import SealedStore
from coopkg.build.sources import Source
from coopkg.questions import Question
from coopkg.templates import sealed
from coopkg.terms import BASE, expand


def answered(asked: Context, questions: Mapping[str, Question]) -> dict[str, bytes]:
    """Return, by name, the files that take asking the questions."""
    choices = relations.choices(questions, asked)
    answers = relations.answers(questions, asked)
    searched = search.document(asked.catalogue.labels, questions, choices, answers)
    linked = linking.document(lambda query: asked.ask(query, {}), asked.catalogue.labels)
    return {
        "answers.json": as_lines(answers),
        "choices.json": as_json(choices),
        search.FILE: search.written(searched),
        linking.FILE: linking.written(linked),
        "offers.json": compact(relations.offers(questions, asked)),
        "browse.json": as_json(describe.browse(asked)),
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
    return {
        **made,
        "void.ttl": describe.void(contents.described, stamp, addresses),
        "dcat.ttl": describe.catalogue(store, stamp, listed, digest),
        **_read(store, named.labels, contents.graphs, sources, questions),
    }


def _read(
    store: Quads,
    labels: Mapping[str, Any],
    graphs: Mapping[str, int],
    sources: Iterable[Source],
    questions: Mapping[str, Question],
) -> dict[str, bytes]:
    """Return the files that tell programs and pages what a store holds."""
    return {
        "conflicts.json": as_json(describe.conflicts(store)),
        "coverage.json": as_json(describe.coverage(store)),
        sealed.FILE: as_json(describe.forms(store, labels)),
        "schema.json": compact(schema.document(store, labels, graphs)),
        "ontology.json": compact(vocabulary.document(sources, store, labels, questions)),
    }


def packed(before: SealedStore, named: Catalogue, ours: Core) -> Mapping[bytes, Packed]:
    """Describe a generation that is sealed once more, and return what its archives hold.

    What all of it keeps in this process, most of which the next generation says too, is kept then.
    """
    said = cast("Sequence[ox.Quad]", before.said)  # copies to read
    store, packer = Quads(said, before.quads), Packer()
    dumps.dumps(store, before.ground.store, named, "", "", packer)
    _read(store, named.labels, {}, ours.sources, ours.questions)
    return packer.packed


def _version(quads: Quads) -> str:
    """Return the version of the data, as the catalogue gives it; "" when it does not."""
    given = (
        quad.object.value
        for quad in quads.saying(expand("dcat:version"))
        if quad.subject == CATALOGUE and isinstance(quad.object, ox.Literal)
    )
    return next(given, "")
