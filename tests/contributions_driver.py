"""Take one step of a contribution and die on purpose. Started by test_contributions_faults.py.

python contributions_driver.py make HOME                    a home with a contribution in each state
python contributions_driver.py kill ACTION TEMPLATE WORK N  killed at each N-th call, one line of
                                                            JSON for each copy of TEMPLATE
python contributions_driver.py work HOME SEED               go on, telling each step, until killed
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import contributing
import faults_driver
from contributing import line, partner, settings, upload

from coopkg.contributions import (
    accept,
    check,
    checking,
    get,
    listing,
    partners,
    publication,
    publish,
    receive,
    refuse,
    submit,
    undo,
    withdraw,
)
from coopkg.errors import ContributionError

REVIEWER = "a reviewer"
WHY = {"en": "asked for"}
STATES = ("received", "waiting", "accepted", "published", "undone")


def make(home: Path) -> None:
    """Make a home with a contribution in each state, each in a graph of its own."""
    partner(home)
    partner(home, "sfax", "direct")
    for state in STATES:
        text = line(state)
        one = receive(home, upload(text, graph=graph(state)), settings(home))
        if state == "received":
            continue
        check(home, one.id, settings(home))
        if state in {"waiting", "accepted"}:
            continue
        accept(home, one.id, REVIEWER)
    publish(home, settings(home))
    undo(home, of(home, "undone"), REVIEWER, WHY)
    publish(home, settings(home))
    accept(home, of(home, "accepted"), REVIEWER)


def graph(state: str) -> str:
    return f"{contributing.MAIN}/{state}"


def of(home: Path, state: str) -> str:
    """Return the id of the contribution made to be in a state."""
    return next(one.id for one in listing(home) if one.graph == graph(state))


def undone(home: Path) -> None:
    """Undo what is published, as the command does: the entry, then the publication."""
    name = of(home, "published")
    if get(home, name).state == "published":
        undo(home, name, REVIEWER, WHY)
    publish(home, settings(home))


ACTIONS: dict[str, Callable[[Path], Any]] = {
    "receive": lambda home: receive(home, upload(line("new"), graph=graph("new")), settings(home)),
    "check": lambda home: check(home, of(home, "received"), settings(home)),
    "accept": lambda home: accept(home, of(home, "waiting"), REVIEWER),
    "refuse": lambda home: refuse(home, of(home, "waiting"), REVIEWER, WHY),
    "withdraw": lambda home: withdraw(home, of(home, "waiting"), "tunis"),
    "publish": lambda home: publish(home, settings(home)),
    "undo": undone,
    "renew": lambda home: partners.renew(home, "tunis"),
}


def kill(action: str, template: Path, work: Path, step: int) -> None:
    """Kill the action at each `step`-th call, each time on a fresh copy of a home."""
    for start, when in enumerate(("before", "after", "torn"), 1):
        for nth in itertools.count(min(start, step), step):
            home = work / f"{when}-{nth}"
            shutil.copytree(template, home)
            call = faults_driver.killed(action, home, nth, when)
            if when == "torn" and call and call != "write":
                shutil.rmtree(home)
                continue
            print(json.dumps({"home": str(home), "when": when, "nth": nth, "call": call}))
            if not call:
                break


def work(home: Path, seed: int) -> None:
    """Send, withdraw and undo at random; tell each step once it is acknowledged."""
    chance = random.Random(seed)
    number = 0
    while True:
        number += 1
        value = f"{seed}-{number}"
        sent = upload(line(value, owner="sfax"), owner="sfax", graph=own(value))
        one = receive(home, sent, settings(home))
        tell(value, one.id, "received")
        if chance.random() < 0.2:
            tell(value, withdraw(home, one.id, "sfax").id, "withdrawn")
            continue
        done = submit(home, sent, settings(home))
        tell(value, done.id, done.state)
        if chance.random() < 0.3:
            try:
                undo(home, done.id, REVIEWER, WHY)
                publish(home, settings(home))
            except ContributionError:
                continue
            tell(value, done.id, "undone")


def own(value: str) -> str:
    return f"{contributing.BASE}graph/partner/sfax/x{value}"


def tell(value: str, name: str, state: str) -> None:
    print(value, name, state, flush=True)


def main() -> None:
    """Do what the command line says."""
    checking.run = contributing.checked
    publication._started = contributing.published
    mode, words = sys.argv[1], sys.argv[2:]
    if mode == "make":
        make(Path(words[0]))
    elif mode == "work":
        work(Path(words[0]), int(words[1]))
    else:
        faults_driver.ACTIONS = ACTIONS
        faults_driver.CALLS = (*faults_driver.CALLS, "ftruncate")
        os.fsync = lambda descriptor: None  # what is written outlives a process without it
        kill(words[0], Path(words[1]), Path(words[2]), int(words[3]))


if __name__ == "__main__":
    main()
