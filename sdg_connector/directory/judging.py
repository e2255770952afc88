"""Which published rules a document of the Common Services breaks, by their numbers."""

from sdg_connector.directory.rules import broken_rules, kind_of
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import CommonServicesLine
from sdg_connector.vocabulary.rules import errors_of


def breaches(body: bytes, *, line: CommonServicesLine | None = None) -> tuple[str, ...]:
    """The rules of severity error that a document breaks, each as ``EB-EVI: R-EB-EVI-S016``.

    ``line`` is the one that was asked for; without it the document says. We send no document that
    breaks one. Of an answer, one wrong value among the hundreds of a directory must not stop the
    person: whoever runs the portal is told, and the reader refuses only what it cannot use. Bytes
    that are no XML break no rule here; the reader refuses them.
    """
    try:
        root = read_root(body)
    except RegRepRefused:
        return ()
    kind = kind_of(root)
    found = {one.rule.id for one in errors_of(broken_rules(root, kind=kind, line=line))}
    return tuple(f"{kind}: {one}" for one in sorted(found))
