"""Ask every question of a generation before it is published.

A question that fails, a required one that gives nothing, or an answer that differs from its
contract (`queries/contracts/<slug>.json`) stops the publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Answer, Catalogue, Context
from coopkg.errors import CoopkgError, PublicationError
from coopkg.questions import Question, QuestionEvidence

CONTRACTS: Final = "contracts"
# A contract binds what an answer says, not how it is dressed: labels and sentences may improve.
BOUND: Final = ("status", "rows", "related", "gaps", "lines")


def context(files: Mapping[str, bytes]) -> Context:
    """Return a generation that is not sealed yet, ready to be asked."""
    store = ox.Store()
    store.bulk_load(files["store.nq"], ox.RdfFormat.N_QUADS)
    catalogue = Catalogue(*(json.loads(files[f"{name}.json"]) for name in _SEALED))
    return Context(answers.of_store(store), catalogue, "", "")


_SEALED: Final = ("labels", "passages", "proofs")


def every_question(
    questions: Mapping[str, Question],
    evidence: Mapping[str, QuestionEvidence],
    files: Mapping[str, bytes],
    queries: Path,
) -> dict[str, bytes]:
    """Return the file of each answer, asked with as few choices as it allows.

    Raises:
        PublicationError: naming every question that does not answer as it must.
    """
    asked = context(files)
    found: dict[str, bytes] = {}
    refused: list[tuple[str, str]] = []
    for slug, question in questions.items():
        try:
            answer = ask(question, evidence[slug], question.required_examples(), asked)
        except CoopkgError as error:
            refused.append((f"{slug} : {error.message('fr')}", f"{slug}: {error.message('en')}"))
            continue
        if question.required and answer.status not in {"complete", "not-stated"}:
            refused.append((f"{slug} : aucune réponse", f"{slug}: no answer"))
        found[f"answers/{slug}.json"] = (
            json.dumps(bound(answer), ensure_ascii=False, indent=1) + "\n"
        ).encode()
    refused += broken(contracts(queries), questions, evidence, asked)
    if refused:
        raise PublicationError(
            "publication refusée :\n" + "\n".join(fr for fr, _ in refused),
            "publication refused:\n" + "\n".join(en for _, en in refused),
        )
    return found


def ask(
    question: Question, evidence: QuestionEvidence, args: Mapping[str, str], asked: Context
) -> Answer:
    """Answer one question, all its rows at once."""
    return answers.answer(answers.asked(question, evidence, args, asked), page=None, lang="fr")


def contracts(queries: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the contracts of a folder of questions, by slug: what each must answer."""
    folder = queries / CONTRACTS
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }


def broken(
    contracts: Mapping[str, Sequence[Mapping[str, Any]]],
    questions: Mapping[str, Question],
    evidence: Mapping[str, QuestionEvidence],
    asked: Context,
) -> list[tuple[str, str]]:
    """Return, in both languages, each contract that is not kept."""
    found = []
    for slug, cases in contracts.items():
        if slug not in questions:
            found.append((f"{slug} : contrat sans question", f"{slug}: contract without question"))
            continue
        for case in cases:
            try:
                answer = ask(questions[slug], evidence[slug], case["parameters"], asked)
            except CoopkgError as error:
                found.append((f"{slug} : {error.message('fr')}", f"{slug}: {error.message('en')}"))
                continue
            found += _differences(slug, case, bound(answer))
    return found


def _differences(
    slug: str, case: Mapping[str, Any], said: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    for name in BOUND:
        if case[name] != said[name]:
            where = " ".join(f"{key}={value}" for key, value in case["parameters"].items())
            yield (
                f"{slug} {where} : {name} vaut {said[name]}, le contrat dit {case[name]}",
                f"{slug} {where}: {name} is {said[name]}, the contract says {case[name]}",
            )


def bound(answer: Answer) -> dict[str, Any]:
    """Return what a contract binds of an answer: status, values, weaker matches, gaps, lines."""
    return {
        "parameters": dict(answer.parameters),
        "status": answer.status,
        "rows": [_values(row) for row in answer.rows],
        "related": [
            {"reason": one["reason"]["fr"], "rows": [_values(row) for row in one["rows"]]}
            for one in answer.related
        ],
        "gaps": [gap["gap"] for gap in answer.gaps],
        "lines": sorted({line for source in answer.sources for line in source["lines"]}),
    }


def _values(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: cell["value"] for name, cell in row.items()}
