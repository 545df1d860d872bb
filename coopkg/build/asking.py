"""Ask every question of a generation before it is published.

A question that fails, a required one that gives nothing, one without a contract, or an answer that
differs from its contract (`queries/contracts/<slug>.json`) stops the publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Answer, Catalogue, Context
from coopkg.build.memory import kept
from coopkg.errors import CoopkgError, PublicationError
from coopkg.questions import Question, QuestionEvidence
from coopkg.terms import compact

CONTRACTS: Final = "contracts"
# A contract binds what an answer says, not how it is dressed: labels and sentences may improve.
BOUND: Final = ("status", "rows", "related", "gaps", "computed", "lines")
CASE: Final = frozenset({"parameters", *BOUND})
SHOWN: Final = 3
"""How many differences of one contract a message gives."""

Case = Mapping[str, Any]
Said = tuple[str, str]
"""One message, in French and in English."""


def context(files: Mapping[str, bytes]) -> Context:
    """Return a generation that is not sealed yet, ready to be asked."""
    store = loaded(files["store.nq"])
    catalogue = Catalogue(*(json.loads(files[f"{name}.json"]) for name in SEALED))
    return Context(answers.of_store(store), catalogue, "", "")


def loaded(store: bytes) -> ox.Store:
    """Return `store.nq` ready to be asked."""
    made = ox.Store()
    made.bulk_load(store, ox.RdfFormat.N_QUADS)
    return made


SEALED: Final = ("labels", "passages", "proofs")
"""The files that name things, as `Catalogue` takes them."""


def every_question(
    questions: Mapping[str, Question],
    evidence: Mapping[str, QuestionEvidence],
    asked: Context,
    queries: Path | None,
) -> None:
    """Ask each question with as few choices as it allows, then every case of its contract.

    Without a folder of questions, no contract binds: partners' data may change answers.

    Raises:
        PublicationError: naming every question that does not answer as it must.
    """
    refused: list[Said] = []
    for slug, question in questions.items():
        refusal = kept(asked, ("required", slug), partial(_refusal, question, evidence[slug]))
        if refusal:
            refused.append(refusal)
    if queries is not None:
        refused += broken(contracts(queries), questions, evidence, asked)
    if refused:
        raise PublicationError(
            "publication refusée :\n" + "\n".join(fr for fr, _ in refused),
            "publication refused:\n" + "\n".join(en for _, en in refused),
        )


def _refusal(question: Question, evidence: QuestionEvidence, asked: Context) -> Said | None:
    """Return why a question does not answer as it must, with as few choices as it allows."""
    slug = question.slug
    try:
        answer = ask(question, evidence, question.required_examples(), asked)
    except CoopkgError as error:
        return f"{slug} : {error.message('fr')}", f"{slug}: {error.message('en')}"
    if question.required and answer.status not in {"complete", "not-stated"}:
        return f"{slug} : aucune réponse", f"{slug}: no answer"
    return None


def ask(
    question: Question, evidence: QuestionEvidence, args: Mapping[str, str], asked: Context
) -> Answer:
    """Answer one question, all its rows at once."""
    return answers.answer(answers.asked(question, evidence, args, asked), page=None, lang="fr")


def contracts(queries: Path) -> dict[str, list[Case]]:
    """Return the contracts of a folder of questions, by slug: what each must answer.

    Raises:
        PublicationError: a file that is not a list of whole cases.
    """
    folder = queries / CONTRACTS
    return {path.stem: _cases(path) for path in sorted(folder.glob("*.json"))}


def _cases(path: Path) -> list[Case]:
    name = f"queries/{CONTRACTS}/{path.name}"
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # not UTF-8, or not JSON
        raise PublicationError(
            f"{name} n’est pas du JSON lisible : {error}", f"{name} is not readable JSON: {error}"
        ) from error
    whole = isinstance(cases, list) and all(
        isinstance(case, dict) and case.keys() == CASE for case in cases
    )
    if not (whole and cases):
        keys = ", ".join(sorted(CASE))
        raise PublicationError(
            f"{name} : une liste de cas est attendue, chacun avec {keys}",
            f"{name}: a list of cases is expected, each with {keys}",
        )
    return list(cases)


def broken(
    contracts: Mapping[str, Sequence[Case]],
    questions: Mapping[str, Question],
    evidence: Mapping[str, QuestionEvidence],
    asked: Context,
) -> list[Said]:
    """Return, in both languages, each contract that is missing, vain or not kept."""
    found = [
        (f"{slug} : aucun contrat ; « make golden »", f"{slug}: no contract; run `make golden`")
        for slug in questions.keys() - contracts.keys()
    ]
    for slug, cases in contracts.items():
        if slug not in questions:
            found.append((f"{slug} : contrat sans question", f"{slug}: contract without question"))
            continue
        for case in cases:
            found += _breach(questions[slug], evidence[slug], case, asked)
    return sorted(found)


def _breach(
    question: Question, evidence: QuestionEvidence, case: Case, asked: Context
) -> Iterator[Said]:
    where = " ".join(
        [question.slug, *(f"{name}={value}" for name, value in case["parameters"].items())]
    )
    try:
        said = bound(ask(question, evidence, case["parameters"], asked))
    except CoopkgError as error:
        yield f"{where} : {error.message('fr')}", f"{where}: {error.message('en')}"
        return
    for name in BOUND:
        if case[name] != said[name]:
            fr, en = _difference(case[name], said[name])
            yield f"{where} : {name} : {fr}", f"{where}: {name}: {en}"


def _difference(promised: Any, said: Any) -> Said:
    """Say what differs: of two lists, what lacks and what is too many, a few of each."""
    if not isinstance(promised, list):
        return f"« {said} », le contrat dit « {promised} »", f"{said!r}, contract: {promised!r}"
    lacking = _few([one for one in promised if one not in said])
    extra = _few([one for one in said if one not in promised])
    if not (lacking or extra):
        return "l’ordre ou le nombre diffère", "the order or the number differs"
    parts = (("il manque", "lacks", lacking), ("en trop", "too many", extra))
    given = [(f"{fr} {few}", f"{en} {few}") for fr, en, few in parts if few]
    return " ; ".join(fr for fr, _ in given), "; ".join(en for _, en in given)


def _few(values: Sequence[Any]) -> str:
    shown = ", ".join(json.dumps(one, ensure_ascii=False) for one in values[:SHOWN])
    return f"{shown}, …" if len(values) > SHOWN else shown


def bound(answer: Answer) -> dict[str, Any]:
    """Return what a contract binds of an answer: status, values, weaker matches, gaps, lines.

    Rows are in the order of their values: that of the labels may change with a label.
    """
    return {
        "parameters": dict(answer.parameters),
        "status": answer.status,
        "rows": _values(answer.rows),
        "related": [
            {"reason": one["reason"]["fr"], "rows": _values(one["rows"])} for one in answer.related
        ],
        "gaps": [compact(gap["gap"]) for gap in answer.gaps],
        "computed": [one["name"] for one in answer.columns if one.get("derived")],
        "lines": sorted({line for source in answer.sources for line in source["lines"]}),
    }


def _values(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    written = [{name: _value(cell) for name, cell in row.items()} for row in rows]
    return sorted(written, key=lambda row: [f"{name} {value}" for name, value in row.items()])


def _value(cell: Mapping[str, Any]) -> str:
    value = str(cell["value"])
    return compact(value) if cell["type"] == "uri" else value
