r"""The present query as code that runs: curl, Python, R, JavaScript. Pure.

The query is the reader's text: each language has its own way to keep a text from becoming code,
and tests run every sample with quotes, backslashes and `${…}` inside.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True)
class Asked:
    """Where and what to ask; `more` are the parameters beside the query, such as inference."""

    endpoint: str
    query: str
    form: str
    more: tuple[tuple[str, str], ...] = ()

    @property
    def accept(self) -> str:
        """The media type to ask for: CSV-like rows as JSON, a graph as Turtle."""
        return "text/turtle" if self.is_graph else "application/sparql-results+json"

    @property
    def is_graph(self) -> bool:
        """Whether the answer is a graph."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}


@dataclass(frozen=True)
class Sample:
    """A sample: a short name for links, the name people read, and the code."""

    slug: str
    title: str
    code: str


def samples(asked: Asked) -> list[Sample]:
    """Return the query in every language."""
    return [
        Sample("curl", "curl", curl(asked)),
        Sample("python", "Python (SPARQLWrapper)", python(asked)),
        Sample("r", "R", r(asked)),
        Sample("javascript", "JavaScript (fetch)", javascript(asked)),
    ]


def curl(asked: Asked) -> str:
    """Return a command for a POSIX shell."""
    accept = "text/turtle" if asked.is_graph else _table(asked)
    said = [f"curl --silent --show-error --fail --header {shlex.quote(f'Accept: {accept}')}"]
    for name, value in (*asked.more, ("query", asked.query)):
        said.append(f"  --data-urlencode {shlex.quote(f'{name}={value}')}")
    return " \\\n".join([*said, f"  {shlex.quote(asked.endpoint)}"]) + "\n"


def _table(asked: Asked) -> str:
    """Return CSV; a yes or no has no CSV."""
    return asked.accept if asked.form == "ASK" else "text/csv"


def python(asked: Asked) -> str:
    """Return a program for Python 3 and SPARQLWrapper."""
    lines = [
        "from SPARQLWrapper import SPARQLWrapper, " + ("TURTLE" if asked.is_graph else "JSON"),
        "",
        f'query = """{_escaped(asked.query, _PYTHON)}"""',
        "",
        f"sparql = SPARQLWrapper({_quoted(asked.endpoint, _PYTHON)})",
        'sparql.setMethod("POST")',
        "sparql.setQuery(query)",
    ]
    lines += [
        f"sparql.addParameter({_quoted(name, _PYTHON)}, {_quoted(value, _PYTHON)})"
        for name, value in asked.more
    ]
    lines.append(f"sparql.setReturnFormat({'TURTLE' if asked.is_graph else 'JSON'})")
    if asked.is_graph:
        lines.append("print(sparql.query().convert().decode())")
    elif asked.form == "ASK":
        lines.append('print(sparql.queryAndConvert()["boolean"])')
    else:
        lines += [
            'for row in sparql.queryAndConvert()["results"]["bindings"]:',
            '    print({name: cell["value"] for name, cell in row.items()})',
        ]
    return "\n".join(lines) + "\n"


def r(asked: Asked) -> str:
    """Return a program for R: its package SPARQL reads tables, RCurl the rest.

    SPARQL() leaves a text alone that has `%41` in it, taking it for escaped: so it is escaped here.
    """
    query = f'query <- "{_escaped(asked.query, _R)}"'
    endpoint = _quoted(asked.endpoint, _R)
    if asked.form == "SELECT":
        extra = ", ".join(f"{_name(n)} = curlEscape({_quoted(v, _R)})" for n, v in asked.more)
        more = f", extra = list({extra})" if extra else ""
        lines = [
            "library(SPARQL)",
            "",
            query,
            "answer <- SPARQL(",
            f"  url = {endpoint}, query = curlEscape(query){more},",
            '  curl_args = list(.encoding = "UTF-8")',
            ")$results",
            "print(answer)",
        ]
    else:
        fields = [*(f"{_name(n)} = {_quoted(v, _R)}" for n, v in asked.more), "query = query"]
        lines = [
            "library(RCurl)",
            "",
            query,
            "answer <- postForm(",
            f'  {endpoint}, {", ".join(fields)}, style = "post", .encoding = "UTF-8",',
            f'  .opts = list(httpheader = c(Accept = "{asked.accept}"))',
            ")",
            'cat(if (is.raw(answer)) rawToChar(answer) else answer, "\\n")',
        ]
    return "\n".join(lines) + "\n"


def javascript(asked: Asked) -> str:
    """Return a module for browsers and Node."""
    more = "".join(
        f"body.append({_quoted(name, _JAVASCRIPT)}, {_quoted(value, _JAVASCRIPT)});\n"
        for name, value in asked.more
    )
    if asked.is_graph:
        shown = "console.log(await response.text());"
    elif asked.form == "ASK":
        shown = "console.log((await response.json()).boolean);"
    else:
        shown = (
            "const { results } = await response.json();\n"
            "for (const row of results.bindings) {\n"
            "  console.log(Object.fromEntries(\n"
            "    Object.entries(row).map(([name, cell]) => [name, cell.value])));\n"
            "}"
        )
    return (
        f"const query = `{_escaped(asked.query, _JAVASCRIPT)}`;\n\n"
        "const body = new URLSearchParams({ query });\n"
        f"{more}"
        f"const response = await fetch({_quoted(asked.endpoint, _JAVASCRIPT)}, {{\n"
        '  method: "POST",\n'
        f'  headers: {{ Accept: "{asked.accept}" }},\n'
        "  body,\n"
        "});\n"
        "if (!response.ok) throw new Error(await response.text());\n"
        f"{shown}\n"
    )


_PYTHON: Final = ("\\", '"')
_R: Final = ("\\", '"')
_JAVASCRIPT: Final = ("\\", "`", "$", '"')


def _escaped(text: str, marks: tuple[str, ...]) -> str:
    """Return a text for the inside of a string that may hold line feeds.

    Each of `marks` gets a backslash; the backslash itself comes first.

    A carriage return is written as one: where it stands raw, programs read a line feed.
    """
    for mark in marks:
        text = text.replace(mark, "\\" + mark)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _quoted(text: str, marks: tuple[str, ...]) -> str:
    return '"' + _escaped(text, marks).replace("\n", "\\n") + '"'


def _name(name: str) -> str:
    """Return the name of an argument of R; one with a hyphen needs its quotes."""
    return f"`{name}`" if "-" in name else name
