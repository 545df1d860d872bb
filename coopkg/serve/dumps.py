"""The dumps: an index for people and for programs, and files that can be fetched in pieces.

`/dumps/<generation>/<file>` names a generation by its number, its digest or its id, and never
changes: past generations answer there too, as long as they are kept. No engine is needed for that.
"""

from __future__ import annotations

import json
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
)
from werkzeug.wrappers import Response as BaseResponse

from coopkg import formats, generation
from coopkg.errors import Lang, UnknownError
from coopkg.formats import Format
from coopkg.generation import Generation
from coopkg.serve import linked, structured
from coopkg.serve.linked import link

FOLDER: Final = "dumps/"
INDEX: Final = "dumps.json"
STORE: Final = "store.nq"
GRAPHS: Final = "dumps/coopkg-graphs.zip"
SUMS: Final = "SHA256SUMS"
BESIDE: Final = frozenset({SUMS, "index.json"})
"""What stands beside the files of a generation."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
MEDIA: Final = {".gz": "application/gzip", ".zip": "application/zip"}
VERIFIED: Final = 16
JSON: Final = Format("json", "application/json", "page")
KILO: Final = 1000


class Verified:
    """Generations whose every byte was compared with its seal, once; the last ones are kept."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Generation] = OrderedDict()

    def open_(self, found: Generation) -> Generation:
        """Return a generation once it is verified.

        Raises:
            UnknownError: it is not kept any more.
            GenerationError: it is damaged.
        """
        with self._lock:
            known = self._known.get(found.id)
        if known is None or not (known.path / "manifest.json").exists():
            known = generation.open_(self._home, str(found.number))
        with self._lock:
            self._known[found.id] = known
            self._known.move_to_end(found.id)
            while len(self._known) > VERIFIED:
                self._known.popitem(last=False)
        return known


def blueprint(home: Path) -> Blueprint:
    """Return the routes of `/dumps/`."""
    routes = Blueprint("dumps", __name__, url_prefix="/dumps")
    verified = Verified(home)

    def at(ref: str) -> Generation:
        # The current one was verified before it was served.
        current: Generation = g.service.generation
        if ref in {current.id, str(current.number)}:
            return current
        return verified.open_(current_app.extensions["coopkg"].past.find(ref))

    @routes.get("/")
    def index() -> BaseResponse:
        return _index(g.service.generation)

    @routes.get("/index.json")
    def described() -> BaseResponse:
        return _json(_listing(g.service.generation))

    @routes.get("/<ref>/")
    def one(ref: str) -> BaseResponse:
        return _index(at(ref))

    @routes.get("/<ref>/index.json")
    def one_described(ref: str) -> BaseResponse:
        return _lasting(_json(_listing(at(ref))), ref, at(ref))

    @routes.get(f"/<ref>/{SUMS}")
    def sums(ref: str) -> BaseResponse:
        found = at(ref)
        text = "".join(
            f"{sealed.sha256}  {name.removeprefix(FOLDER)}\n" for name, sealed in _files(found)
        )
        return _lasting(Response(text, content_type="text/plain; charset=utf-8"), ref, found)

    @routes.get("/<ref>/graphs/<path:name>")
    def graph(ref: str, name: str) -> BaseResponse:
        found = at(ref)
        response = Response(_graph(found, name), content_type=formats.N_TRIPLES.content_type)
        response.set_etag(_entry(found, name)["sha256"])
        return _named(_lasting(response, ref, found), found, name.replace("/", "-"))

    @routes.get("/<ref>/<name>")
    def file(ref: str, name: str) -> BaseResponse:
        return _file(at(ref), ref, name)

    @routes.get("/latest/<name>")
    def latest(name: str) -> BaseResponse:
        """Lead to the file of the generation served: the address that holds it never changes."""
        found: Generation = g.service.generation
        if name not in BESIDE:
            _path(found, name)
        return redirect(f"/dumps/{found.id}/{name}", 302)

    routes.add_app_template_filter(lambda size: weight(size, g.lang), "weight")
    return routes


def weight(size: int, lang: Lang) -> str:
    r"""Write a number of bytes for people.

    >>> weight(102400, "fr"), weight(999, "en"), weight(7_117_046, "en")
    ('102,4\xa0ko', '999 bytes', '7.1 MB')
    """
    if size < KILO:
        return f"{size}\u00a0octets" if lang == "fr" else f"{size} bytes"
    value, unit = (size / KILO, "k") if size < KILO**2 else (size / KILO**2, "M")
    if lang == "fr":
        return f"{value:.1f}\u00a0{unit}o".replace(".", ",")
    return f"{value:.1f} {unit}B"


def _files(found: Generation) -> Iterator[tuple[str, Any]]:
    """Yield what can be fetched of a generation, with its seal."""
    for name, sealed in sorted(found.manifest.files.items()):
        if name.startswith(FOLDER) or name == STORE:
            yield name, sealed


def _path(found: Generation, name: str) -> tuple[str, Path]:
    """Return the sealed name of a file and where it is.

    Raises:
        UnknownError: there is no such file; those there are, are listed.
    """
    sealed = name if name == STORE else FOLDER + name
    known = tuple(one.removeprefix(FOLDER) for one, _ in _files(found))
    if name not in known:
        raise UnknownError(
            name,
            f"la génération {found.id} n’a pas d’extraction «\u00a0{name[:80]}\u00a0»",
            f"generation {found.id} has no dump {name[:80]!r}",
            known,
        )
    return sealed, found.path / sealed


def _file(found: Generation, ref: str, name: str) -> BaseResponse:
    """Send a file, whole or in part (RFC 9110, section 14)."""
    sealed, path = _path(found, name)
    media = MEDIA.get(path.suffix, formats.N_QUADS.media_type)
    response = send_file(
        path,
        mimetype=media,
        conditional=True,
        etag=found.manifest.files[sealed].sha256,
        last_modified=None,
    )
    response.headers.pop("Last-Modified", None)  # that of the copy on this disk
    response.headers["Accept-Ranges"] = "bytes"
    # Not to be kept whole by what stands before: a part is asked again from the disk.
    response.vary.add("Range")
    return _named(_lasting(response, ref, found), found, name)


def _entry(found: Generation, name: str) -> dict[str, Any]:
    """Return what the index says of the file of one source graph.

    Raises:
        UnknownError: there is no such graph.
    """
    entries = {one["file"]: one for one in _described(found).get("graphs", [])}
    if name not in entries:
        raise UnknownError(
            name,
            f"la génération {found.id} n’a pas d’extraction du graphe «\u00a0{name[:80]}\u00a0»",
            f"generation {found.id} has no dump of graph {name[:80]!r}",
            tuple(entries)[:20],
        )
    entry: dict[str, Any] = entries[name]
    return entry


def _graph(found: Generation, name: str) -> bytes:
    """Return the N-Triples of one source graph."""
    _entry(found, name)
    with zipfile.ZipFile(found.file(GRAPHS)) as archive:
        return archive.read(name)


def _lasting(response: BaseResponse, ref: str, found: Generation) -> BaseResponse:
    """Let an answer be kept when its address holds the digest: the content can be no other.

    A number alone may be another's after everything was removed and made anew.
    """
    exact = found.digest[:12] in ref
    response.headers["Cache-Control"] = FOR_EVER if exact else "no-cache"
    response.headers["X-Generation"] = found.id
    return linked.linked(
        response,
        [link(linked.public(f"/dumps/{found.id}/{request.path.rpartition('/')[2]}"), "canonical")],
    )


def _named(response: BaseResponse, found: Generation, name: str) -> BaseResponse:
    """Give a file the name of its generation, so that it stays dated."""
    stem, dot, suffix = name.partition(".")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{stem}-{found.id}{dot}{suffix}"'
    )
    return response


# --- Index ---------------------------------------------------------------------------------


def _described(found: Generation) -> dict[str, Any]:
    """Return the sealed index; older generations have none."""
    if INDEX not in found.manifest.files:
        return {"files": [], "graphs": []}
    index: dict[str, Any] = found.read_json(INDEX)
    return index


def _listing(found: Generation) -> dict[str, Any]:
    """Return the index for programs, with an address for each file."""
    sealed = _described(found)
    here = linked.public(f"/dumps/{found.id}")
    store = found.manifest.files[STORE]
    plain = {
        "name": STORE,
        "media": formats.N_QUADS.media_type,
        "packed": None,
        "layer": None,
        "title": {"fr": "Tout, sans compression", "en": "Everything, uncompressed"},
        "what": {
            "fr": "Ce que le service charge lui-même.",
            "en": "What the service itself loads.",
        },
        "bytes": store.bytes,
        "sha256": store.sha256,
    }
    return {
        "generation": found.id,
        "published": found.manifest.published,
        **sealed,
        "sums": f"{here}/{SUMS}",
        "files": [{**one, "url": f"{here}/{one['name']}"} for one in [*sealed["files"], plain]],
        "graphs": [{**one, "url": f"{here}/graphs/{one['file']}"} for one in sealed["graphs"]],
    }


def _json(value: dict[str, Any]) -> Response:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return Response(text, content_type="application/json; charset=utf-8")


def _index(found: Generation) -> BaseResponse:
    """Answer with the index, as a page or as JSON."""
    offers = (formats.HTML, JSON)
    wanted = formats.choose(request.headers.get("Accept"), request.args.get("format"), offers)
    listing = _listing(found)
    if wanted is JSON or request.args.get("format") == "json":
        response: BaseResponse = _json(listing)
    else:
        page = render_template(
            "dumps.html",
            listing=listing,
            found=found,
            others=[
                one for one in current_app.extensions["coopkg"].past.kept() if one.id != found.id
            ],
            structured=structured.dataset(g.service, g.lang),
        )
        response = make_response(page)
    response.vary.update(("Accept", "Accept-Language"))
    response.headers["X-Generation"] = found.id
    alternate = link(f"/dumps/{found.id}/index.json", "alternate", type="application/json")
    return linked.linked(response, [alternate])
