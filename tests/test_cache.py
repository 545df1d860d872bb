"""The answers that are kept: bounded, by key, the least recently asked leave first."""

from __future__ import annotations

import gzip
import threading

from coopkg.serve import cache
from coopkg.serve.cache import Cache, Entry, Key


def key(name: str = "a", generation: str = "1-abc", **more: str) -> Key:
    return Key(generation, "GET", "/" + name, **{"query": "", "accept": "", "lang": "fr"} | more)


def entry(size: int = 100, text: str = "text/plain") -> Entry:
    return Entry.of([("Content-Type", text), ("ETag", '"x"')], b"a" * size)


def test_an_answer_is_given_again_for_its_own_key_only() -> None:
    kept = Cache(1 << 20)
    made = entry()
    kept.put(key(), made)
    assert kept.get(key()) is made
    one = key()
    others = [
        one._replace(**{name: b"z" if name == "body" else value + "z"})
        for name, value in one._asdict().items()
    ]
    assert len(others) == len(Key._fields)
    assert [kept.get(other) for other in others] == [None] * len(others)


def test_the_least_recently_asked_leave_first_and_the_bytes_stay_bounded() -> None:
    kept = Cache(10_000)
    for name in "abcd":
        kept.put(key(name), entry(800))
    assert kept.get(key("a"))  # asked again: it stays
    kept.put(key("e"), entry(800))
    assert kept.get(key("a"))
    assert kept.get(key("b")) is None
    for number in range(200):
        kept.put(key(str(number)), entry(number))
        assert kept.stats()["bytes"] <= 10_000
    assert kept.stats()["evicted"] > 100
    assert kept.stats()["entries"] > 3


def test_what_is_kept_twice_counts_once() -> None:
    kept = Cache(100_000)
    kept.put(key(), entry(5_000))
    before = kept.stats()["bytes"]
    kept.put(key(), entry(5_000))
    assert kept.stats()["bytes"] == before
    assert kept.stats()["misses"] == 1


def test_one_answer_may_not_fill_the_room() -> None:
    kept = Cache(80_000)
    assert kept.fits(8_000)
    assert not kept.fits(10_000)
    assert not Cache(0).fits(0)


def test_the_answers_of_another_generation_make_room_at_once() -> None:
    kept = Cache(1 << 20)
    kept.put(key("a"), entry())
    kept.put(key("b"), entry())
    kept.put(key("a", "2-def"), entry())
    assert kept.stats()["entries"] == 1
    assert kept.get(key("a")) is None
    assert kept.get(key("a", "2-def"))


def test_what_belongs_to_one_request_is_not_kept() -> None:
    headers = [("Content-Type", "text/csv"), ("X-Query-Id", "abc"), ("Date", "today"),
               ("Server-Timing", "x;dur=1"), ("RateLimit", '"seconds";r=7'), ("Age", "3"),
               ("Content-Length", "3"), ("X-Generation", "1-abc"),
               ("Link", "<a>"), ("Link", "<b>"), ("Vary", "Accept")]  # fmt: skip
    made = Entry.of(headers, b"abc")
    assert made.headers == [
        ("Content-Type", "text/csv"), ("X-Generation", "1-abc"), ("Link", "<a>"), ("Link", "<b>"),
        ("Vary", "Accept, Accept-Encoding"),
    ]  # fmt: skip


def test_a_page_that_was_compressed_is_held_so_alone_and_read_plain_all_the_same() -> None:
    body = b"coop\xc3\xa9ration " * 400
    made = Entry.of([("Content-Type", "text/html"), ("ETag", '"x"')], body)
    assert made.plain().body == body
    before, packed = made.size(), made.packed()
    assert gzip.decompress(packed.body) == body
    assert made.size() < before - len(body) + 1_000
    assert made.plain().body == body
    assert made.plain().etag == '"x"'
    assert ("Content-Length", str(len(body))) in made.plain().headers
    assert gzip.decompress(made.fast().body) == body


def test_those_who_ask_the_same_wait_for_the_first() -> None:
    kept = Cache(1 << 20)
    assert kept.lead(key())
    led: list[bool] = []
    found: list[Entry | None] = []

    def follow() -> None:
        led.append(kept.lead(key()))
        found.append(kept.get(key()))

    followers = [threading.Thread(target=follow) for _ in range(4)]
    for one in followers:
        one.start()
    made = entry()
    kept.put(key(), made)
    kept.done(key())
    for one in followers:
        one.join(10)
    # Who came after `done` leads in turn; nobody waits for ever, and all find the answer.
    assert found == [made] * 4
    assert len(led) == 4
    assert kept.stats()["shared"] == led.count(False)


def test_nobody_waits_long_for_a_first_that_does_not_come_back() -> None:
    kept = Cache(1 << 20)
    assert kept.lead(key())
    assert not kept.lead(key())  # returns after WAIT_S: else this test hangs
    assert cache.WAIT_S < 1
    kept.done(key())
    assert kept.lead(key())


def test_many_threads_at_once_leave_it_whole() -> None:
    kept = Cache(50_000)

    def work(seed: int) -> None:
        for number in range(300):
            one = key(str((number * seed) % 60))
            if kept.get(one) is None:
                kept.put(one, entry(number))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 7, 11, 13)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    held = list(kept._entries.items())
    assert kept.stats()["bytes"] == sum(size for _, (_, size) in held) <= 50_000
