"""Accept the answers as they are now: `make golden` rewrites `queries/contracts/*.json`.

A contract lists what a question answers in chosen cases; publishing compares (`build/asking.py`).
Run this after a change that is meant to change answers, then read the diff.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from coopkg import answers
from coopkg.answers import Context
from coopkg.build import asking, content, pipeline
from coopkg.questions import Parameter, Question, QuestionEvidence

ROOT = Path(__file__).parents[1]
COMPETENCY = ROOT / "tests" / "competency"
QUERIES = ROOT / "queries"

Case = dict[str, Any]
Choices = dict[str, str]


def competency() -> dict[str, dict[str, Any]]:
    """Return how each gold question is asked, by its id; no id stands twice."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(COMPETENCY.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert name not in found, f"{name} stands twice, again in {path.name}"
            found[name] = entry
    return found


def contract(question: Question, evidence: QuestionEvidence, asked: Context) -> list[Case]:
    """Return what a question answers now: in the cases that `choices` picks."""
    return [
        asking.bound(asking.ask(question, evidence, one, asked)) for one in choices(question, asked)
    ]


def choices(question: Question, asked: Context) -> list[Choices]:
    """Return the cases that a contract binds, each once.

    With as few choices as it allows; with its examples; as the gold questions ask it; and each
    parameter alone, with the choice that gives most rows and the first that gives none.
    """
    fewest = question.required_examples()
    found = [fewest, question.examples]
    found += [
        one["parameters"] for one in competency().values() if one["question"] == question.slug
    ]
    for parameter in question.parameters:
        found += [{**fewest, parameter.name: one} for one in _telling(question, parameter, asked)]
    ordered = (question.short(question.bind(one)) for one in found)
    return [dict(one) for one in dict.fromkeys(tuple(one.items()) for one in ordered)]


def _telling(question: Question, parameter: Parameter, asked: Context) -> Iterator[str]:
    others = question.bind(question.required_examples())
    offered = answers.choices(question, parameter, others, asked)
    offered.sort(key=lambda one: (-one["count"], one["value"]))
    yield from (one["value"] for one in offered[:1])
    yield from [one["value"] for one in offered if not one["count"]][:1]


def written(cases: list[Case]) -> str:
    """Return the text of a contract: JSON, one row a line, so that a diff reads."""
    return "[\n" + ",\n".join(_case(one) for one in cases) + "\n]\n"


def _case(case: Case) -> str:
    parts = []
    for name in ("parameters", *asking.BOUND):
        if name == "rows":
            value = _lines(case["rows"], "   ")
        elif name == "related":
            value = _listed([_related(one) for one in case["related"]], "   ")
        else:
            value = _json(case[name])
        parts.append(f"  {_json(name)}: {value}")
    return " {\n" + ",\n".join(parts) + "\n }"


def _related(one: Mapping[str, Any]) -> str:
    rows = _lines(one["rows"], "    ")
    return f'{{"reason": {_json(one["reason"])}, "rows": {rows}}}'


def _lines(rows: list[Mapping[str, str]], indent: str) -> str:
    return _listed([_json(row) for row in rows], indent)


def _listed(items: list[str], indent: str) -> str:
    inside = ",\n".join(indent + item for item in items)
    return f"[\n{inside}\n{indent[:-1]}]" if items else "[]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def first_difference(before: str, after: str) -> str:
    """Return the first line that differs between two contracts, both ways; "" for none."""
    lines = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    for number, (old, new) in enumerate(lines, 1):
        if old != new:
            return f"line {number}: {old.strip()} → {new.strip()}"
    return ""


def accept(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Write the contracts of a folder and drop those of no question; say what changed."""
    folder.mkdir(exist_ok=True)
    said = []
    for path in sorted(folder.glob("*.json")):
        if path.stem not in texts:
            path.unlink()
            said.append(f"{path.stem}: dropped, no question has this name")
    for slug, text in sorted(texts.items()):
        path = folder / f"{slug}.json"
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != text:
            path.write_text(text, encoding="utf-8")
            said.append(f"{slug}: {first_difference(before, text) if before else 'new'}")
    return said


def now(root: Path = ROOT) -> dict[str, str]:
    """Return the text of every contract from the sources of a project, published or not.

    Raises:
        SourceError, QuestionError: a source cannot be read.
    """
    checked = pipeline.check(root, lambda _, en: print(en, file=sys.stderr))
    files = content.files(checked.contents, ())
    asked = asking.context(files)
    return {
        slug: written(contract(question, checked.evidence[slug], asked))
        for slug, question in checked.questions.items()
    }


def main() -> int:
    """Rewrite the contracts and print what changed."""
    changed = accept(QUERIES / asking.CONTRACTS, now())
    print("\n".join(changed) or "no answer has changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
