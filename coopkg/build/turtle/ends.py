"""The causes of syntax errors at the end of a statement, of a value or of a declaration."""

from __future__ import annotations

from coopkg.build.turtle.scene import Cause, Scene


def no_dot(scene: Scene) -> Cause:
    """Say that a declaration of a prefix has no dot."""
    before = scene.before
    return Cause(
        scene.end_of(before),
        f"il manque le point final de la déclaration {scene.directive}, "
        f"ligne {scene.line_of(before)}",
        f"the final dot of the {scene.directive} declaration on line "
        f"{scene.line_of(before)} is missing",
        scene.after(before, " ."),
    )


def comma_too_many(scene: Scene) -> Cause:
    """Say what should stand for a comma: what follows it on another line is no value."""
    comma = scene.word(-2)
    line = scene.line_of(comma)
    mark, fr, en = (".", "une phrase commence : mettre un point", "a statement begins: put a dot")
    if scene.is_indented(scene.before):
        mark, fr, en = (
            ";",
            "un autre prédicat commence : mettre un point-virgule",
            "another predicate begins: put a semicolon",
        )
    return Cause(
        comma.offset,
        f"la virgule de la ligne {line} annonce une autre valeur, mais {fr}",
        f"the comma on line {line} announces another value, yet {en}",
        scene.in_place(comma, mark),
    )


def semicolon_for_dot(scene: Scene, distance: int) -> Cause | None:
    """Say that a semicolon should be a dot: after it, on another line, a new subject stands."""
    mark, subject = scene.word(distance), scene.word(distance + 1)
    if mark.text != ";" or scene.are_on_one_line(mark, subject) or scene.is_indented(subject):
        return None
    line = scene.line_of(mark)
    return Cause(
        mark.offset,
        f"le point-virgule de la ligne {line} annonce un autre prédicat, mais une phrase "
        "commence : mettre un point",
        f"the semicolon on line {line} announces another predicate, yet a statement begins: put "
        "a dot",
        scene.in_place(mark, "."),
    )
