"""A client for programs: queries and questions as rows of plain Python values, with labels.

    >>> from coopkg.client import Client
    >>> client = Client("http://127.0.0.1:8000", lang="fr")
    >>> rows = client.select("SELECT ?o WHERE { ?o a org:Organization } LIMIT 3")  # doctest: +SKIP
    >>> import pandas; pandas.DataFrame(rows.records())  # doctest: +SKIP

It speaks SPARQL 1.1 Protocol through SPARQLWrapper, and the question API; it needs nothing else of
this package. A refusal or a failure is a `ServiceError`, never an empty list of rows; its line and
column are those of the query as it was given. That an answer was cut, and what the service doubts
in a query, are said as an `AnswerWarning` once the answer is used.
"""

from coopkg.client.errors import ServiceError
from coopkg.client.rows import Answer, AnswerWarning, Cell, Rows
from coopkg.client.service import Client

__all__ = ["Answer", "AnswerWarning", "Cell", "Client", "Rows", "ServiceError"]
