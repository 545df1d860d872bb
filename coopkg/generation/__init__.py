"""The directory format: seal, open, current, roll back.

A generation is a directory that never changes: `<home>/generations/<number>/`. Its number only
grows; its digest names the inputs it was made from. `<home>/current` holds the number served.

    with generation.staging(home) as directory:
        ...                                               # build files in it
        made = generation.publish(directory, home, inputs, graphs, now)

`manifest` says what a generation is, `verifying` compares its bytes, `opening` finds one,
`publishing` makes one, `erasing` removes one for good.
"""

from coopkg.generation.erasing import erase
from coopkg.generation.gone import erased
from coopkg.generation.manifest import Manifest, Sealed, digest, installed_tools
from coopkg.generation.opening import (
    Generation,
    audit,
    cited,
    current,
    current_number,
    directory,
    in_use,
    known,
    open_,
    pointed,
    refusals,
    verify,
)
from coopkg.generation.publishing import cite, prune, publish, rollback, staging

__all__ = [
    "Generation",
    "Manifest",
    "Sealed",
    "audit",
    "cite",
    "cited",
    "current",
    "current_number",
    "digest",
    "directory",
    "erase",
    "erased",
    "in_use",
    "installed_tools",
    "known",
    "open_",
    "pointed",
    "prune",
    "publish",
    "refusals",
    "rollback",
    "staging",
    "verify",
]
