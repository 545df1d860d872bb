"""Mistakes that readers report: what they write, where it is kept, and what is answered.

A report is kept for good before it is acknowledged. What its writer typed, and above all an e-mail
address, is shown to the operator alone; what the operator answers is public.
"""

from coopkg.mistakes.box import Box
from coopkg.mistakes.mistake import LIMITS, Answer, Mistake, Written, code, written

__all__ = ["LIMITS", "Answer", "Box", "Mistake", "Written", "code", "written"]
