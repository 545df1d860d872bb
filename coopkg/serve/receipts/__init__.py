"""Receipts: an answer that can be cited, and checked later by anybody.

`POST /receipts` asks, cites the generation (it is then never pruned) and leads to
`/{lang}/receipt/<code>`, whose address holds the receipt itself. The page asks again, at that
generation and at the current one, and says whether the answer still holds.
"""

from coopkg.serve.receipts.routes import blueprint

__all__ = ["blueprint"]
