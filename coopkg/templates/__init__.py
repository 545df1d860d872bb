"""Spreadsheets that partners fill, made from the shapes: what each column is, and how it is read.

`Vocabulary` knows the words of a generation, `template` the columns of a class, `workbook` and
`csv_text` write the file to fill, `Mapping` says what the columns of any table are. The same
mapping reads a table back (`coopkg.build.intake`): the same file always gives the same triples.
"""

from __future__ import annotations

from coopkg.templates import rml, sealed
from coopkg.templates.classes import CLASSES, LEFT_OUT
from coopkg.templates.fields import Field, Template, template
from coopkg.templates.mapping import Column, Mapping, MappingError, of_template
from coopkg.templates.vocabulary import Vocabulary
from coopkg.templates.workbook import csv_text, workbook

__all__ = [
    "CLASSES", "LEFT_OUT", "Column", "Field", "Mapping", "MappingError", "Template", "Vocabulary",
    "csv_text", "of_template", "rml", "sealed", "template", "workbook",
]  # fmt: skip
