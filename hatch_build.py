"""The build hook: a wheel holds the guides, the built scripts and the map, and needs no Node."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _frontend(root: str) -> ModuleType:
    """Load `frontend/build.py`, which is in no package."""
    spec = importlib.util.spec_from_file_location(
        "coopkg_frontend", Path(root) / "frontend/build.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the front end before a wheel, or an editable installation, is made."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where it is needed and missing: it weighs 61 MB."""
        return list(_frontend(self.root).wanted(Path(self.root)))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not fresh.

        A wheel without it would be sealed so: it stops. An editable installation goes on, since the
        pages work without scripts and `make assets` can build them later.
        """
        if version != "editable":  # the guides, which the service shows as pages
            docs = Path(self.root, "docs").glob("*.md")
            guides = {str(one): f"coopkg/docs/{one.name}" for one in docs}
            build_data["force_include"].update(guides)
        front = _frontend(self.root)
        if front.skipped():
            return
        try:
            front.build(Path(self.root))
        except front.FrontEndError as error:
            if version == "editable":
                self.app.display_warning(f"coopkg: {error}")
            else:
                self.app.abort(f"coopkg: {error}")
