"""What a generation says of itself: labels, passages, VoID, DCAT, service description, browsing.

All pure: quads in, plain data or Turtle out. The time of publication is an argument.
"""

from coopkg.build.describe.browse import browse
from coopkg.build.describe.conflicts import conflicts
from coopkg.build.describe.coverage import coverage
from coopkg.build.describe.dcat import catalogue
from coopkg.build.describe.forms import forms
from coopkg.build.describe.labels import (
    Label,
    is_of_passages,
    kind_of,
    labels,
    passage_labels,
    passages,
)
from coopkg.build.describe.service import service
from coopkg.build.describe.void import description, void

__all__ = [
    "Label",
    "browse",
    "catalogue",
    "conflicts",
    "coverage",
    "description",
    "forms",
    "is_of_passages",
    "kind_of",
    "labels",
    "passage_labels",
    "passages",
    "service",
    "void",
]
