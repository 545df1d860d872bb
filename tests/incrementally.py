"""Publishing what changed gives the files that publishing from nothing gives: random sequences.

`python -m tests.incrementally 20` tries twenty sequences, each by its seed; the suite tries one.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from coopkg import generation
from coopkg.build import incremental, intake, pipeline
from coopkg.build.incremental import Past
from coopkg.config import Settings
from coopkg.contributions import (
    Upload,
    accept,
    checking,
    deciding,
    inbox,
    listing,
    partners,
    publication,
)
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.publication import Made
from coopkg.errors import CoopkgError
from coopkg.terms import BASE
from tests.bench.contributions import contribution

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHY = {"fr": "essai", "en": "a try"}
WORDS = ("eau", "forêt", "énergie", "école", "santé")


class Home:
    """An installation whose checks and publications are made in this very process."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = Settings(home=home, root=ROOT)
        self.past: Past | None = None
        self.skipped = 0
        for name, role in (("tunis", "reviewed"), ("sfax", "direct")):
            partners.add(home, name, {"fr": name.title(), "en": name.title()}, role)  # type: ignore[arg-type]
        self.follow()

    def follow(self) -> None:
        """Read what is served, as the resident builder does."""
        before = self.past.known if self.past else intake.NOTHING
        known = intake.ready(checking.current(self.home), str(ROOT), warm=True, before=before)
        ours = self.past.core if self.past else None
        self.past = incremental.past(self.home, ROOT, known, ours)
        self.past.prepare()
        for _ in self.past.look_back():
            pass

    def checked(self, job: Job, body: bytes, _: Settings) -> Outcome:
        """Check in this process, against what is served; nothing is foreseen."""
        assert self.past is not None
        return intake.run(Job(**{**job.__dict__, "foresees": False}), body, self.past.known)

    def published(self, home: Path, _: Settings, *__: Any) -> Made:
        """Publish in this process, from what is served."""
        try:
            made = pipeline.publish(ROOT, home, 50, NOW, past=self.past)
        except CoopkgError as error:
            return Made("", type(error).__name__, error.message("fr"), error.message("en"))
        return Made(made.id)

    def publish(self) -> None:
        """Publish what stands, and read it."""
        publication.publish(self.home, self.settings)
        self.follow()

    def send(self, owner: str, body: str, **given: Any) -> str:
        """Send, check, accept."""
        kind = "text/turtle"
        upload = Upload(owner, "a.ttl", kind, body.encode(), licence="CC0", **given)
        one = inbox.receive(self.home, upload, self.settings)
        one = inbox.check(self.home, one.id, self.settings)
        assert one.state in {"waiting", "accepted", "published"}, (one.state, one.why)
        if one.state == "waiting":
            accept(self.home, one.id, "a reviewer")
        return one.id


@contextmanager
def made(home: Path) -> Iterator[Home]:
    """Give such an installation on a home that holds one generation."""
    found = Home(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", found.checked)
        patch.setattr(publication, "_started", found.published)
        yield found


def body(owner: str, number: int, chance: random.Random) -> str:
    """Return some facts: sound, with warnings, or about what others speak of."""
    text = contribution(number).replace("id/partner/tunis/", f"id/partner/{owner}/")
    if chance.random() < 0.5:  # fewer of them
        text = "\n".join(text.split("\n:action", 3)[0:1]) + "\n:action".join(
            ["", *text.split("\n:action")[1:3]]
        )
    word, place = chance.choice(WORDS), f"<{BASE}id/place/tunisie>"
    return (
        f'{text}\n:note-{number} a org:Organization ; skos:prefLabel "Note {word} {number}"@fr ,'
        f' "Note {number}"@en ; skos:altLabel "{word}"@fr ; coop:basedIn {place} .\n'
    )


def step(found: Home, number: int, chance: random.Random) -> str:
    """Do one thing at random, not published yet; say what."""
    owner = chance.choice(("tunis", "sfax"))
    own = f"{BASE}graph/partner/{owner}"
    graph = chance.choice((own, f"{own}/a"))
    out = listing(found.home, state="published")
    what = chance.choice(("put", "put", "post", "post", "delete", "undo"))
    if what == "undo" and out:
        deciding.undo(found.home, chance.choice(out).id, "someone", WHY)
    elif what == "delete" and any(one.graph == graph for one in out):
        found.send(owner, "", graph=graph, method="delete")
    else:
        what = "post" if what in {"post", "undo"} else "put"
        found.send(owner, body(owner, number, chance), graph=graph, method=what)
    return f"{what} {graph.rpartition('graph/partner/')[2]}"


def differences(found: Home, folder: Path) -> list[str]:
    """Publish the same from nothing elsewhere; return the files that are not the same."""
    other = folder / "again"
    shutil.copytree(found.home, other)
    now = generation.current(found.home)
    again = pipeline.publish(ROOT, other, 50, NOW)
    names = now.manifest.files.keys() | again.manifest.files.keys()
    mine, theirs = now.manifest.files, again.manifest.files
    shutil.rmtree(other)
    return sorted(name for name in names if mine.get(name) != theirs.get(name))


def main(times: int) -> int:
    """Try sequences; return how many end unlike from nothing."""
    bad = 0
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary) / "base"
        pipeline.publish(ROOT, base, 50, NOW)
        for seed in range(times):
            chance, folder = random.Random(seed), Path(temporary) / str(seed)
            shutil.copytree(base, folder / "home")
            with made(folder / "home") as found:
                done = []
                for number in range(chance.randint(2, 6)):
                    done.append(step(found, number, chance))
                    if chance.random() < 0.7:
                        found.publish()
                found.publish()
                wrong = differences(found, folder)
            print(seed, "; ".join(done), "→", wrong or "the same", flush=True)
            bad += bool(wrong)
            shutil.rmtree(folder)
    return bad


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
