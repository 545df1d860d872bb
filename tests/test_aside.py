"""What is begun now and taken later: here, and in a process forked for it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coopkg.build import aside

BOTH = pytest.mark.parametrize("begun", [aside.when_asked, aside.forked])


@BOTH
def test_what_was_begun_is_done_once_and_given_as_often_as_it_is_asked_for(
    begun: aside.Begin,
) -> None:
    with begun(lambda: [object()]) as given:
        assert given() is given()


def test_a_process_forked_has_its_own_number() -> None:
    with aside.forked(os.getpid) as there, aside.when_asked(os.getpid) as here:
        assert here() == os.getpid()
        assert there() != os.getpid()


def test_what_is_not_asked_for_is_not_done_here() -> None:
    done: list[str] = []
    with aside.when_asked(lambda: done.append("")):
        assert not done
    assert not done


def test_more_than_a_pipe_holds_comes_back_whole() -> None:
    whole = os.urandom(1 << 20)
    with aside.forked(lambda: whole) as given:
        assert given() == whole


def test_what_fails_aside_is_told_when_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise ValueError("the sea is too blue")

    with aside.forked(fails) as given, pytest.raises(RuntimeError, match="ended with 70"):
        given()
    assert "the sea is too blue" in capfd.readouterr().err


def test_what_nobody_asks_for_is_given_up_when_the_block_fails() -> None:
    never, open_ = os.pipe()
    held, holding = os.pipe()
    with pytest.raises(KeyError), aside.forked(lambda: os.read(never, 1)):
        raise KeyError
    os.close(holding)
    assert os.read(held, 1) == b"", "no other process holds the other end"
    for descriptor in (never, open_, held):
        os.close(descriptor)


def test_what_was_buffered_before_is_written_once() -> None:
    code = (
        "from coopkg.build import aside\n"
        "print('once', end='')\n"
        "with aside.forked(lambda: 1) as given: given()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "once"
