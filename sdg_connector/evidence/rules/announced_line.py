"""The rule, in each rule file, that the message names the line whose rules judge it."""

from sdg_connector.vocabulary import EdmLine
from sdg_connector.vocabulary.rules import Lines, Rule, child_is, rule


def announces(identifier: str, context: str) -> tuple[Rule, ...]:
    """One rule for each line: the slot ``SpecificationIdentifier`` holds its identifier."""
    return tuple(
        rule(
            identifier,
            context,
            child_is("rim:Value", line.value),
            lines=Lines(line.version, line.version),
        )
        for line in EdmLine
    )
