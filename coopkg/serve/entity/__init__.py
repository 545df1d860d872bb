"""What the page of an entity shows: facts in order, in words, with who says each."""

from coopkg.serve.entity.facts import Fact, Group, Said, read
from coopkg.serve.entity.view import View

__all__ = ["Fact", "Group", "Said", "View", "read"]
