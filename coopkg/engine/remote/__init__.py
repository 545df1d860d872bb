"""A SPARQL engine elsewhere, behind the same door: `COOPKG_ENGINE` names its query endpoint.

Publishing pushes a generation there (`push`), each graph under a name of its own, so that several
generations stand side by side; the engine asks with those names and gives back ours (`names`). It
serves a generation only after sentinel questions got the same answers there and here (`sentinels`).
"""

from __future__ import annotations

from coopkg.engine.remote.asking import RemoteEngine
from coopkg.engine.remote.names import Names
from coopkg.engine.remote.push import push

__all__ = ["Names", "RemoteEngine", "push"]
