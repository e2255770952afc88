"""The severities of the Common Services' exceptions."""

from sdg_connector.vocabulary import Severity
from sdg_connector.vocabulary.rules import PartCheck, TextCheck


def any_severity() -> TextCheck:
    """A severity of the list; the older host of the repository is known too."""

    def holds(text: str) -> bool:
        try:
            return bool(Severity(text))
        except ValueError:
            return False

    return TextCheck(
        holds=holds, asks="a severity of the list ErrorSeverity", fix=f"Write {Severity.ERROR}."
    )


def not_plain() -> PartCheck:
    """A question to the person is no plain error."""
    return PartCheck(
        holds=lambda part: Severity.ERROR not in part.element.get("severity", ""),
        asks="another severity than the plain one",
        fix=f"Write {Severity.ADDITIONAL_INPUT}.",
        found=lambda _: f"{Severity.ERROR}",
    )


def additional_input() -> PartCheck:
    """A question to the person has the severity of one."""
    newer = Severity.ADDITIONAL_INPUT.value
    older = newer.replace(".tech.ec.europa.eu", ".tech.europa.eu")
    return PartCheck(
        holds=lambda part: any(one in part.element.get("severity", "") for one in (newer, older)),
        asks=f"severity {newer}",
        fix=f"Write {newer}.",
        found=lambda _: "another severity",
    )
