"""The picture of the overview: nine kinds in a grid, and the properties that join them.

A choice of what to see first, not of what is true: each arrow is a property of the ontology that
the data use between those kinds, and a test holds that.
"""

from __future__ import annotations

from typing import Any, Final

from coopkg.build.vocabulary.uses import Uses
from coopkg.terms import expand

# Column, row: who acts at the left, what is done in the middle, on what and where at the right.
BOXES: Final = {
    "coop:PartnerList": (0, 0),
    "coop:Participation": (1, 0),
    "skos:Concept": (2, 0),
    "coop:Actor": (0, 1),
    "coop:CooperationHub": (1, 1),
    "coop:Place": (2, 1),
    "coop:TrainingProvision": (0, 2),
    "coop:SupportComponent": (1, 2),
    "qb:Observation": (2, 2),
}
ARROWS: Final = (
    ("coop:Actor", "coop:inList", "coop:PartnerList"),
    ("coop:CooperationHub", "coop:participation", "coop:Participation"),
    ("coop:Participation", "coop:participant", "coop:Actor"),
    ("coop:CooperationHub", "coop:hasPartner", "coop:Actor"),
    ("coop:CooperationHub", "coop:theme", "skos:Concept"),
    ("coop:CooperationHub", "coop:coversPlace", "coop:Place"),
    ("coop:CooperationHub", "coop:component", "coop:SupportComponent"),
    ("coop:TrainingProvision", "coop:providedBy", "coop:Actor"),
    ("qb:Observation", "coop:zone", "coop:Place"),
)


def diagram(uses: Uses) -> dict[str, Any]:
    """Return the boxes and arrows; an arrow that no statement backs is drawn as inferred."""
    return {
        "boxes": [
            {"term": expand(name).value, "at": list(at), "count": uses.total[expand(name).value]}
            for name, at in BOXES.items()
        ],
        "arrows": [
            {
                "from": expand(start).value,
                "term": expand(name).value,
                "to": expand(end).value,
                "inferred": uses.total[expand(name).value] > 0
                and not uses.asserted[expand(name).value],
            }
            for start, name, end in ARROWS
        ],
    }
