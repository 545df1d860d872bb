"""The secret of an installation: what it signs with. Made when it is first needed, never shown."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from coopkg import durable
from coopkg.contributions import ledger

KEY_BYTES: Final = 32
_making: Final = threading.Lock()


def mac(home: Path, purpose: str, text: str) -> bytes:
    """Return what only this installation can make of a text, for one purpose and no other.

    Raises:
        OSError: the secret cannot be read or made.
    """
    message = f"{purpose}\0{text}".encode("utf-8", "replace")
    return hmac.digest(_key(ledger.of(home).folder / "key"), message, hashlib.sha256)


def _key(path: Path) -> bytes:
    with _making:
        with suppress(OSError):
            found = path.read_bytes()
            if len(found) == KEY_BYTES:
                return found
        durable.make_directory(path.parent)
        made = secrets.token_bytes(KEY_BYTES)
        path.unlink(missing_ok=True)  # half of one, cut by a crash
        durable.create(path, made, 0o600)
        durable.sync_directory(path.parent)
        return made
