"""What stands before the application: answers that are kept, conditions, HEAD, compression.

It is WSGI, not Flask, because entering Flask costs twenty times what a kept answer costs. The
application says of each answer whether it lasts (`LASTS` in the environment), that is, whether it
depends on the generation and on what `cache.Key` holds, and on nothing else; only then is it kept.
Conditions are judged here, since a compressed answer is another representation, with another tag.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from werkzeug.datastructures import ETags
from werkzeug.http import parse_date, parse_etags, unquote_etag

from coopkg.serve import compression, i18n, problems
from coopkg.serve.cache import (
    OF_ONE_REQUEST,
    Cache,
    Entry,
    Header,
    Headers,
    Key,
    by_name,
    digest,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LASTS: Final = "coopkg.lasts"
POSTED: Final = frozenset({"/sparql", "/sparql/"})  # where POST asks and changes nothing
POST_MOST: Final = 64 << 10
ACCEPT_MOST: Final = 1_000
# The page of a question is HTML in the language of its address, whatever a reader prefers: browsers
# that say so in other words share it.
_PAGE: Final = re.compile(r"/(?:fr|en)/questions/[a-z0-9-]+")
REMEMBERED: Final = 1_000
REMEMBERED_CHARACTERS: Final = 4_000
Look = tuple[str | None, ...]
_NOT_FOR_ALL: Final = frozenset({"set-cookie", "content-encoding"})
_KNOWN_VARY: Final = frozenset({"accept", "accept-language", "accept-encoding"})
_CONDITIONS: Final = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH")
_UNCHANGED: Final = "304 Not Modified"
_OF_THE_BODY: Final = frozenset({"content-encoding", "content-length", "content-type"})


class _Reader(NamedTuple):
    """What a request wants beside the answer itself."""

    method: str
    choice: compression.Choice
    conditions: dict[str, str]
    start: StartResponse

    @property
    def is_head(self) -> bool:
        return self.method == "HEAD"

    def verdict(self, etag: str, modified: str) -> str | None:
        """Return the status that the conditions of a request come to (RFC 9110, section 13.2.2)."""
        asked = self.conditions
        tag, is_weak = unquote_etag(etag or None)
        match = asked.get("HTTP_IF_MATCH")
        if match and (is_weak or not _has(match, tag, ETags.is_strong)):
            return "412 Precondition Failed"
        if match := asked.get("HTTP_IF_NONE_MATCH"):
            return _UNCHANGED if _has(match, tag, ETags.contains_weak) else None
        since, last = parse_date(asked.get("HTTP_IF_MODIFIED_SINCE")), parse_date(modified)
        return _UNCHANGED if since and last and last <= since else None


def _has(header: str, tag: str | None, test: Callable[[ETags, str], bool]) -> bool:
    return header.strip() == "*" or (tag is not None and test(parse_etags(header), tag))


class _Answer(NamedTuple):
    """What the application answered; the body is still to be read, and closed."""

    status: str
    headers: Headers
    body: Iterable[bytes]
    said: dict[str, str]  # the headers by name

    def header(self, name: str) -> str:
        return self.said.get(name, "")

    def size(self) -> int | None:
        length = self.header("content-length")
        return int(length) if length.isdigit() else None

    def read(self, *, packed: bool = False) -> bytes:
        """Return the whole body, compressed when that is asked.

        Raises:
            RuntimeError: less came than was promised, or more.
        """
        try:
            parts = self.parts()
            return b"".join(compression.compressing(parts) if packed else parts)
        finally:
            self.close()

    def parts(self) -> Iterator[bytes]:
        """Give the body as it comes; never half of it for a whole."""
        promised, came = self.size(), 0
        for part in self.body:
            came += len(part)
            yield part
        if promised is not None and came != promised:
            raise RuntimeError(f"{promised} bytes were promised, {came} came")

    def close(self) -> None:
        if close := getattr(self.body, "close", None):
            close()


class Front:
    """The WSGI application that people reach; `standing` names the generation that answers."""

    def __init__(
        self, application: WSGIApplication, standing: Callable[[], str | None], cache: Cache
    ) -> None:
        self._application = application
        self._standing = standing
        self.cache = cache
        self._known: dict[Look, tuple[Key, bool]] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method = environ["REQUEST_METHOD"]
        if method == "GET" and (again := self._again(environ, start)):
            return again
        if method not in {"GET", "HEAD", "POST"}:
            return self._application(environ, start)
        choice = compression.choose(environ.get("HTTP_ACCEPT_ENCODING"))
        reader = _Reader(method, choice, _conditions(environ, method), start)
        if choice.coding is None:
            return _no_coding(reader)
        if method == "HEAD":  # asked as GET: its headers are those of the GET
            environ["REQUEST_METHOD"] = "GET"
        key = self._key(environ)
        if key is None:
            return _pass_on(self._ask(environ), reader)
        found = self.cache.get(key)
        if found is None:
            return self._led(key, environ, reader)
        if method == "GET":
            self._remember(environ, key, found, choice)
        return self._kept(key, found, reader, "hit")

    def _again(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes] | None:
        """Answer a GET that looks, letter by letter, like one before; None when it takes more.

        It only spares finding out once more which key the request comes to.
        """
        key, packs = self._known.get(_look(environ), (None, False))
        if key is None or key.generation != self._standing():
            return None
        entry = None if any(name in environ for name in _CONDITIONS) else self.cache.get(key)
        if entry is None or (packs and not entry.is_packed):
            return None
        _, headers, body = entry.packed() if packs else entry.plain()
        start("200 OK", [*headers, ("Age", entry.age_s()), ("X-Cache", "hit")])
        return [body]

    def _remember(
        self, environ: WSGIEnvironment, key: Key, entry: Entry, choice: compression.Choice
    ) -> None:
        look = _look(environ)
        if sum(len(text or "") for text in look) <= REMEMBERED_CHARACTERS:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            packs = compression.worth(choice, entry.is_text, entry.length)
            self._known[look] = key, packs

    def _led(self, key: Key, environ: WSGIEnvironment, reader: _Reader) -> Iterable[bytes]:
        """Ask once for all who ask the same now."""
        if not self.cache.lead(key):
            if found := self.cache.get(key):
                return self._kept(key, found, reader, "hit")
            return self._asked(key, environ, reader)
        try:
            return self._asked(key, environ, reader)
        finally:
            self.cache.done(key)

    def _asked(self, key: Key, environ: WSGIEnvironment, reader: _Reader) -> Iterable[bytes]:
        """Ask the application; keep its answer when it lasts."""
        answer = self._ask(environ)
        lasts = (
            environ.get(LASTS) or "immutable" in answer.header("cache-control")
        ) and _may_be_kept(answer)
        # A publication may have come between: what answered is then not known for sure.
        if not lasts or key.generation != self._standing() or not self._fits(answer):
            return _pass_on(answer, reader)
        entry = Entry.of(answer.headers, answer.read())
        self.cache.put(key, entry)
        own = [one for one in answer.headers if one[0].lower() in OF_ONE_REQUEST]
        return self._kept(key, entry, reader, "miss", own)

    def _fits(self, answer: _Answer) -> bool:
        size = answer.size()
        return size is not None and self.cache.fits(size)

    def _ask(self, environ: WSGIEnvironment) -> _Answer:
        said: list[Any] = []

        def note(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = status, headers
            return _no_write

        body = self._application(environ, note)
        return _Answer(said[0], said[1], body, by_name(said[1]))

    def _key(self, environ: WSGIEnvironment) -> Key | None:
        """Return what the answer may depend on; None when it is not worth or not safe to keep."""
        generation = self._standing() if self.cache.most_bytes else None
        accept = environ.get("HTTP_ACCEPT", "")
        if generation is None or len(accept) > ACCEPT_MOST:
            return None
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        content_type, body = "", b""
        lang: str = i18n.preferred(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if _PAGE.fullmatch(path):
            accept = lang = ""
        if method == "POST":
            posted = _posted(environ) if path in POSTED else None
            if posted is None:
                return None
            content_type, body = environ.get("CONTENT_TYPE", ""), digest(posted)
        return Key(
            generation,
            method,
            environ.get("SCRIPT_NAME", "") + "\0" + path,
            environ.get("QUERY_STRING", ""),
            accept,
            lang,
            content_type,
            body,
        )

    def _kept(
        self, key: Key, entry: Entry, reader: _Reader, how: str, own: Iterable[Header] = ()
    ) -> Iterable[bytes]:
        """Give an answer that is kept; `own` are headers of this request alone."""
        if not compression.worth(reader.choice, entry.is_text, entry.length):
            etag, sent, body = entry.plain()
        elif how == "miss":
            etag, sent, body = entry.fast()
        else:
            was_packed = entry.is_packed
            etag, sent, body = entry.packed()
            if not was_packed:
                self.cache.put(key, entry)  # it weighs less now
        headers = [*sent, *own, ("Age", entry.age_s()), ("X-Cache", how)]
        if reader.conditions and (verdict := reader.verdict(etag, "")):
            return _send(verdict, headers, None, reader)
        reader.start("200 OK", headers)
        return [] if reader.is_head else [body]


def _look(environ: WSGIEnvironment) -> Look:
    """Return all of a GET that the key and the coding of its answer are made of."""
    get = environ.get
    return (
        get("PATH_INFO"),
        get("QUERY_STRING"),
        get("HTTP_ACCEPT"),
        get("HTTP_ACCEPT_ENCODING"),
        get("HTTP_ACCEPT_LANGUAGE"),
        get("SCRIPT_NAME"),
    )


def _no_write(_: bytes) -> object:
    raise NotImplementedError("the application returns its body, and writes none")


def _conditions(environ: WSGIEnvironment, method: str) -> dict[str, str]:
    """Take the conditions out of a request: they are judged on the answer as it is sent."""
    if method == "POST":
        return {}
    return {name: environ.pop(name) for name in _CONDITIONS if name in environ}


def _posted(environ: WSGIEnvironment) -> bytes | None:
    """Read a body that says its length, and put it back; None when it cannot be part of a key."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 9):
        return None
    if int(length) > POST_MOST or environ.get("HTTP_CONTENT_ENCODING"):
        return None
    stream, wanted, read = environ["wsgi.input"], int(length), bytearray()
    while len(read) < wanted and (part := stream.read(wanted - len(read))):
        read += part
    environ["wsgi.input"] = io.BytesIO(read)
    return bytes(read) if len(read) == wanted else None


def _may_be_kept(answer: _Answer) -> bool:
    """Tell whether everything an answer says it depends on is part of the key."""
    if not answer.status.startswith("200 ") or answer.said.keys() & _NOT_FOR_ALL:
        return False
    if "no-store" in answer.header("cache-control").lower():
        return False
    return {one.strip().lower() for one in answer.header("vary").split(",")} - {""} <= _KNOWN_VARY


def _pass_on(answer: _Answer, reader: _Reader) -> Iterable[bytes]:
    """Give an answer that is not kept."""
    headers, size = answer.headers, answer.size()
    text = compression.is_text(answer.header("content-type"))
    if text:
        headers = _with(headers, "Vary", compression.vary(answer.header("vary")))
    packs = not _is_final(answer) and compression.worth(reader.choice, text, size)
    if packs:
        headers = [*_without(headers, "content-length"), ("Content-Encoding", compression.GZIP)]
        if etag := answer.header("etag"):
            headers = _with(headers, "ETag", compression.tagged(etag, compression.GZIP))
    if verdict := _verdict(answer, headers, reader):
        answer.close()
        return _send(verdict, headers, None, reader)
    if packs:
        return _send(answer.status, headers, answer.read(packed=True), reader)
    if reader.is_head:
        answer.close()
        return _send(answer.status, headers, None, reader)
    reader.start(answer.status, headers)
    return answer.body


def _verdict(answer: _Answer, headers: Headers, reader: _Reader) -> str | None:
    if not (reader.conditions and answer.status.startswith("200 ")):
        return None
    etag = next((value for name, value in headers if name.lower() == "etag"), "")
    return reader.verdict(etag, answer.header("last-modified"))


def _is_final(answer: _Answer) -> bool:
    """Tell whether an answer must be passed on as it is: it has a coding, or no body to code."""
    status = answer.status[:3]
    return bool(answer.header("content-encoding")) or status in {"204", "206", "304"}


def _send(status: str, headers: Headers, body: bytes | None, reader: _Reader) -> Iterable[bytes]:
    """Send a whole body; None is a body that is not sent, of a length that stands as it is."""
    if status == _UNCHANGED or status.startswith("412"):
        headers = [(name, value) for name, value in headers if name.lower() not in _OF_THE_BODY]
        body = None
        if status != _UNCHANGED:
            headers.append(("Content-Length", "0"))
    elif body is not None:
        headers.append(("Content-Length", str(len(body))))
    reader.start(status, headers)
    return [] if body is None or reader.is_head else [body]


def _no_coding(reader: _Reader) -> Iterable[bytes]:
    """Refuse a request that takes no coding we have, and no body without one either."""
    detail = "Accept-Encoding : identity ou gzip. / Accept-Encoding: identity or gzip."
    document = {
        "type": problems.TYPES + "not-acceptable",
        "title": "Aucun codage acceptable / No acceptable coding",
        "status": 406,
        "detail": detail,
    }
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = [
        ("Content-Type", problems.MEDIA_TYPE),
        ("Cache-Control", "no-store"),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return _send("406 Not Acceptable", headers, body, reader)


def _without(headers: Headers, name: str) -> Headers:
    return [(key, said) for key, said in headers if key.lower() != name]


def _with(headers: Headers, name: str, value: str) -> Headers:
    return [*_without(headers, name.lower()), (name, value)]
