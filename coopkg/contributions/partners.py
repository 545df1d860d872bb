"""Partners and their tokens: who may send what, and where.

A token is 256 random bits, shown once; the journal keeps its sha-256 only. As the journal is read
anew whenever it grows, a token that is renewed or revoked stops opening anything at once, in every
process.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, get_args

from coopkg.contributions import ledger
from coopkg.contributions.ledger import Entry
from coopkg.contributions.texts import is_clean
from coopkg.errors import ContributionError, UnauthorisedError, UnknownError
from coopkg.terms import BASE, PREFIXES

Role = Literal["reviewed", "direct", "reviewer", "operator"]

ROLES: Final = get_args(Role)
RESERVED: Final = frozenset({"guest"})
GRAPHS: Final = BASE + "graph/partner/"
NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
NAME_MAX: Final = 64
LABEL_MAX: Final = 200
TOKEN: Final = re.compile(r"coopkg_([0-9a-f]{64})([0-9a-f]{8})")
_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")


@dataclass(frozen=True)
class Token:
    """A token as it is kept: its short name, its sha-256, when it ends to open anything."""

    name: str
    sha256: str
    expires: str = ""
    revoked: bool = False


@dataclass(frozen=True)
class Partner:
    """Who may contribute.

    `role` is *reviewed* (a reviewer decides), *direct* (valid contributions publish at once),
    *reviewer* (decides of what others send; what it sends itself waits for somebody else) or
    *operator* (decides too, and may write any graph outside the core ones). `base` is where its
    own things are; `created` and `revoked` are times of the journal.
    """

    name: str
    label: Mapping[str, str]
    role: Role
    base: str
    created: str
    revoked: str = ""
    tokens: tuple[Token, ...] = field(default=(), repr=False)

    @property
    def graph(self) -> str:
        """The IRI of its main graph; its other graphs are below."""
        return GRAPHS + self.name

    @property
    def decides(self) -> bool:
        """Tell whether it may decide of what others send."""
        return self.role in {"reviewer", "operator"} and not self.revoked

    def owns(self, graph: str) -> bool:
        """Tell whether a graph is one of its own."""
        return graph == self.graph or graph.startswith(self.graph + "/")


def known(home: Path) -> dict[str, Partner]:
    """Return every partner by name, those revoked too.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    return ledger.of(home).folded(of_entries)


def of_entries(entries: Iterable[Entry]) -> dict[str, Partner]:
    """Return the partners that entries of the journal make."""
    found: dict[str, Partner] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "partner-added":
            first = Token(data["token"], data["sha256"], data["expires"])
            found[data["partner"]] = Partner(
                data["partner"], data["label"], data["role"], data["base"], entry.at, "", (first,)
            )
        elif entry.event == "partner-revoked":
            found[data["partner"]] = replace(found[data["partner"]], revoked=entry.at)
        elif entry.event == "token-issued":
            one = found[data["partner"]]
            old = tuple(replace(token, revoked=True) for token in one.tokens)
            new = Token(data["token"], data["sha256"], data["expires"])
            found[data["partner"]] = replace(one, tokens=(*old, new), revoked="")
    return found


def find(home: Path, name: str) -> Partner:
    """Return a partner by its name.

    Raises:
        UnknownError: there is none; those there are, are listed.
    """
    every = known(home)
    if name not in every:
        raise UnknownError(
            name, f"aucun partenaire « {name} »", f"no partner {name!r}", tuple(sorted(every))
        )
    return every[name]


# --- Changing ------------------------------------------------------------------------------


def add(
    home: Path,
    name: str,
    label: Mapping[str, str],
    role: Role = "reviewed",
    base: str = "",
    days: int | None = None,
    now: datetime | None = None,
) -> tuple[Partner, str]:
    """Create a partner; return it and its token, which nobody can read again.

    Args:
        home: where the journal is.
        name: lower-case letters, digits and hyphens: it becomes part of IRIs.
        label: its name in words, by language.
        role: see `Partner`.
        base: where its own things are; empty: `id/partner/<name>/` of this base.
        days: how long the token opens anything; None: until it is revoked.
        now: the time of the entry.

    Raises:
        ContributionError: a value is not acceptable, or the name is taken.
        StorageError: the disk refuses; there is no such partner.
    """
    base = base or f"{BASE}id/partner/{name}/"
    _check_name(name)
    _check_label(label)
    with ledger.of(home).writing() as writer:
        every = of_entries(writer.entries)
        if name in every:
            raise ContributionError(
                "partner-exists",
                f"le partenaire « {name} » existe déjà ; « coopkg partner token {name} --renew » "
                "lui donne un autre jeton",
                f"the partner {name!r} exists already; `coopkg partner token {name} --renew` "
                "gives it another token",
            )
        _check_base(base, name, every.values())
        token, kept = _new_token(days, now)
        added = {"partner": name, "label": dict(label), "role": role, "base": base}
        writer.append("partner-added", {**added, **kept}, now)
        return of_entries(writer.entries)[name], token


def renew(
    home: Path, name: str, days: int | None = None, now: datetime | None = None
) -> tuple[Partner, str]:
    """Give a partner another token, and end the one before; a revoked partner comes back.

    Raises:
        UnknownError: there is no such partner.
        StorageError: the disk refuses; the old token stays.
    """
    with ledger.of(home).writing() as writer:
        find(home, name)
        token, kept = _new_token(days, now)
        writer.append("token-issued", {"partner": name, **kept}, now)
        return of_entries(writer.entries)[name], token


def revoke(home: Path, name: str, now: datetime | None = None) -> Partner:
    """End what a partner's token opens, at once. What it has published stays.

    Raises:
        UnknownError: there is no such partner.
        StorageError: the disk refuses; nothing has changed.
    """
    with ledger.of(home).writing() as writer:
        if not find(home, name).revoked:
            writer.append("partner-revoked", {"partner": name}, now)
        return of_entries(writer.entries)[name]


def _new_token(days: int | None, now: datetime | None) -> tuple[str, dict[str, str]]:
    secret = secrets.token_hex(32)
    token = f"coopkg_{secret}{_checksum(secret)}"
    expires = ""
    if days is not None:
        end = (now or datetime.now(UTC)).astimezone(UTC) + timedelta(days=days)
        expires = end.isoformat(timespec="seconds").replace("+00:00", "Z")
    name = secrets.token_hex(4)
    return token, {"token": name, "sha256": _sha256(token), "expires": expires}


def _checksum(secret: str) -> str:
    return f"{zlib.crc32(secret.encode()):08x}"


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# --- Opening -------------------------------------------------------------------------------


def of_token(home: Path, token: str, now: datetime | None = None) -> Partner:
    """Return the partner that a token opens for.

    Every token kept is compared, each in the same time whatever it holds.

    Raises:
        UnauthorisedError: `rule` is no-token, unknown-token, expired-token or revoked-token; the
            last two are told to who holds the very token, and to nobody else.
        LedgerError: the journal cannot be trusted: then nothing opens.
    """
    if not token:
        raise UnauthorisedError(
            "no-token", "le jeton d’un partenaire est attendu", "the token of a partner is expected"
        )
    digest = _sha256(token)
    opened: tuple[Partner, Token] | None = None
    for partner in known(home).values():
        for kept in partner.tokens:
            if hmac.compare_digest(kept.sha256, digest):
                opened = partner, kept
    if opened is None:
        raise _unknown_token(token)
    partner, kept = opened
    if partner.revoked or kept.revoked:
        raise UnauthorisedError(
            "revoked-token",
            "ce jeton a été révoqué ou remplacé : en demander un autre",
            "this token was revoked or replaced: ask for another",
        )
    if kept.expires and _time(kept.expires) <= (now or datetime.now(UTC)):
        raise UnauthorisedError(
            "expired-token",
            f"ce jeton n’est plus valable depuis le {kept.expires[:10]} : en demander un autre",
            f"this token expired on {kept.expires[:10]}: ask for another",
        )
    return partner


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _unknown_token(token: str) -> UnauthorisedError:
    written = TOKEN.fullmatch(token)
    if written is None or _checksum(written[1]) != written[2]:
        return UnauthorisedError(
            "unknown-token",
            "ce n’est pas un jeton de ce service, ou il est incomplet : coopkg_ puis 72 signes",
            "not a token of this service, or cut: coopkg_ then 72 characters",
        )
    return UnauthorisedError(
        "unknown-token", "ce jeton n’ouvre rien ici", "this token opens nothing here"
    )


# --- What is acceptable --------------------------------------------------------------------


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > NAME_MAX or name in RESERVED:
        raise ContributionError(
            "partner-name",
            f"« {name} » ne peut pas nommer un partenaire : minuscules sans accent, chiffres et "
            f"tirets, {NAME_MAX} signes au plus, par exemple ville-de-tunis",
            f"{name!r} cannot name a partner: lower-case letters, digits and hyphens, at most "
            f"{NAME_MAX} characters, such as ville-de-tunis",
        )


def _check_label(label: Mapping[str, str]) -> None:
    for lang in ("fr", "en"):
        text = label.get(lang, "")
        if not text.strip() or len(text) > LABEL_MAX or not is_clean(text):
            raise ContributionError(
                "partner-label",
                f"--label-{lang} : un nom en clair est attendu, {LABEL_MAX} signes au plus, sans "
                "caractère de contrôle ; par exemple « Ville de Tunis »",
                f"--label-{lang}: a name in words is expected, at most {LABEL_MAX} characters, "
                "without control characters, such as “City of Tunis”",
            )


def _check_base(base: str, name: str, others: Iterable[Partner]) -> None:
    """Refuse a base that would let a partner speak for us, for a vocabulary or for another."""

    def refused(rule: str, fr: str, en: str) -> ContributionError:
        return ContributionError(rule, f"--base <{base}> : {fr}", f"--base <{base}>: {en}")

    if not _IRI.fullmatch(base) or not base.endswith(("/", "#")) or not is_clean(base):
        raise refused(
            "partner-base",
            "une adresse http(s) qui finit par / ou # est attendue, par exemple "
            "https://data.tunis.example/id/",
            "an http(s) address that ends with / or # is expected, such as "
            "https://data.tunis.example/id/",
        )
    if base != f"{BASE}id/partner/{name}/":
        for taken in (BASE, *PREFIXES.values()):
            if base.startswith(taken) or taken.startswith(base):
                raise refused(
                    "partner-base",
                    f"cet espace est celui de <{taken}>, qu’aucun partenaire ne peut prendre",
                    f"this space is that of <{taken}>, which no partner can take",
                )
    for other in others:
        if base.startswith(other.base) or other.base.startswith(base):
            raise refused(
                "partner-base",
                f"cet espace est celui du partenaire « {other.name} »",
                f"this space is that of the partner {other.name!r}",
            )
