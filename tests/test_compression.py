"""Which content coding a reader gets, and the bytes of it."""

from __future__ import annotations

import gzip

import pytest

from coopkg.serve import compression
from coopkg.serve.compression import Choice


@pytest.mark.parametrize(
    ("accepted", "coding", "plain"),
    [
        (None, "identity", True),
        ("", "identity", True),
        ("gzip", "gzip", True),
        ("GZip", "gzip", True),
        ("x-gzip", "gzip", True),
        ("gzip, deflate, br, zstd", "gzip", True),
        ("br", "identity", True),
        ("*", "gzip", True),
        ("gzip;q=0", "identity", True),
        ("gzip; q=0.000, *", "identity", True),
        ("gzip;q=0.5, identity", "identity", True),
        ("gzip;q=0.5, identity;q=0.5", "gzip", True),
        ("gzip;q=0.3, *;q=0.5", "identity", True),
        ("gzip;q=0.001", "gzip", True),
        ("identity;q=0", None, False),
        ("identity;q=0, gzip", "gzip", False),
        ("*;q=0", None, False),
        ("*;q=0, gzip;q=1.0", "gzip", False),
        ("*;q=0, identity", "identity", True),
        ("gzip;q=0, *;q=0", None, False),
        ("gzip;q=2", "identity", True),  # no quality: the element says nothing
        ("gzip;q=nan", "identity", True),
        (",;, gzip ,", "gzip", True),
        ("gzip," + " " * 2_000, "identity", True),  # too long to be read
    ],
)
def test_a_coding_is_chosen_as_rfc_9110_says(
    accepted: str | None, coding: str | None, plain: bool
) -> None:
    assert compression.choose(accepted) == Choice(coding, plain)


@pytest.mark.parametrize(
    ("media_type", "is_text"),
    [
        ("text/html; charset=utf-8", True),
        ("TEXT/CSV", True),
        ("application/sparql-results+xml", True),
        ("application/ld+json", True),
        ("application/n-triples", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/zip", False),
        ("application/gzip", False),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False),
        ("font/woff2", False),
        ("", False),
    ],
)
def test_text_is_compressed_and_what_is_compressed_already_is_not(
    media_type: str, is_text: bool
) -> None:
    assert compression.is_text(media_type) is is_text


def test_what_is_small_is_sent_as_it_is_unless_that_is_refused() -> None:
    gzip_or_plain, gzip_only = Choice("gzip", True), Choice("gzip", False)
    assert not compression.worth(gzip_or_plain, True, compression.LEAST_BYTES - 1)
    assert compression.worth(gzip_or_plain, True, compression.LEAST_BYTES)
    assert compression.worth(gzip_or_plain, True, compression.WHOLE_BYTES)
    assert not compression.worth(gzip_or_plain, True, compression.WHOLE_BYTES + 1)
    assert not compression.worth(gzip_or_plain, True, None)
    assert compression.worth(gzip_only, True, None)
    assert not compression.worth(gzip_or_plain, False, 1 << 20)
    assert compression.worth(gzip_only, False, 1)
    assert not compression.worth(Choice("identity", True), True, 1 << 20)


@pytest.mark.parametrize("body", [b"", b"a", b"coop" * 100_000])
def test_each_way_to_compress_gives_the_body_back(body: bytes) -> None:
    parts = [body[at : at + 1_000] for at in range(0, len(body), 1_000)]
    for packed in (
        compression.compressed(body),
        compression.compressed_fast(body),
        b"".join(compression.compressing(parts)),
    ):
        assert gzip.decompress(packed) == body


def test_a_long_body_is_compressed_as_it_comes() -> None:
    pulled = 0

    def parts() -> object:
        nonlocal pulled
        for number in range(1_000):
            pulled += 1
            yield str(number * 7_919 % 104_729).encode() * 500

    next(compression.compressing(parts()))  # type: ignore[arg-type]
    assert pulled < 1_000


@pytest.mark.parametrize(
    ("said", "vary"),
    [
        ("", "Accept-Encoding"),
        ("Accept", "Accept, Accept-Encoding"),
        ("Accept, Origin", "Accept, Origin, Accept-Encoding"),
        ("accept-encoding", "accept-encoding"),
        ("*", "*"),
    ],
)
def test_what_may_be_coded_says_that_it_varies(said: str, vary: str) -> None:
    assert compression.vary(said) == vary


def test_a_coded_representation_has_another_tag_that_is_weak() -> None:
    assert compression.tagged('"a"', "identity") == '"a"'
    assert compression.tagged('"a"', "gzip") == 'W/"a-gzip"'
    assert compression.tagged('W/"a"', "gzip") == 'W/"a-gzip"'
    assert compression.tagged("", "gzip") == ""
