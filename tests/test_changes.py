"""What else could be asked: the choices of a parameter and their counts."""

from __future__ import annotations

from answering import (
    ask_tiny,
    tiny,
    tiny_question,
)

from coopkg import answers


def test_choices_count_the_rows_each_gives_under_the_others() -> None:
    question, _ = tiny_question()
    bound = question.bind({"place": "mediterranee"})
    found = answers.choices(question, question.parameter("theme"), bound, tiny()[1])
    assert {one["value"]: one["count"] for one in found} == {
        "autre": 0,
        "culture": 0,
        "decentralisation": 2,
        "gouvernance": 2,
    }
    for one in found:
        args = {"theme": one["value"], "place": "mediterranee"}
        assert ask_tiny(page=None, **args).count == one["count"]


def test_a_choice_made_does_not_hide_the_other_choices() -> None:
    question, _ = tiny_question()
    bound = question.bind({"theme": "culture"})
    found = answers.choices(question, question.parameter("theme"), bound, tiny()[1])
    assert {one["value"]: one["count"] for one in found}["decentralisation"] == 3
