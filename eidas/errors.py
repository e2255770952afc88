"""What can go wrong with a login, sorted by whose fault it is.

EidasError
├── EidasMisuse          ours: the caller asked for what the profile forbids
├── Refused              theirs: the peer sent what it must not send
│   ├── RequestRefused
│   ├── ResponseRefused
│   ├── MetadataRefused
│   ├── LightTokenRefused
│   └── LightCacheRefused
├── LightCacheAway       nobody's: the cache beside the node gave no answer
└── LoginNotCompleted    nobody's: the node answered, properly, that there is no login
    (its kinds are in eidas.outcomes)
"""


class EidasError(Exception):
    """The root of all errors of this package."""

    def __init__(
        self, rule: str, *, expected: str = "", found: str = "", clause: str = "", code: str = ""
    ) -> None:
        """Keep the rule that was broken, without any value that could describe a person."""
        super().__init__(rule, expected, found, clause, code)
        self.rule = rule
        """Short stable name of the rule, such as ``response.audience``."""
        self.expected = expected
        """What the rule asks for, as a phrase."""
        self.found = found
        """What came instead, as a phrase free of personal data."""
        self.clause = clause
        """Where the rule is written."""
        self.code = code
        """The eIDAS-Node error code that a node would answer with, where one exists."""

    def __str__(self) -> str:
        """Say as one sentence which rule was broken."""
        parts = [f"{self.rule}: expected {self.expected}" if self.expected else self.rule]
        if self.found:
            parts.append(f"found {self.found}")
        sentence = ", ".join(parts)
        return f"{sentence} ({self.clause})" if self.clause else sentence


class EidasMisuse(EidasError):
    """We were asked to do what the eIDAS profile forbids."""


class Refused(EidasError):
    """The peer's message breaks a rule and is not believed."""


class RequestRefused(Refused):
    """An authentication request breaks a rule."""


class ResponseRefused(Refused):
    """A response breaks a rule, so nobody is logged in."""


class MetadataRefused(Refused):
    """A metadata document is not trusted, not valid or not usable."""


class LightTokenRefused(Refused):
    """A token between node and national part is forged, foreign, old or used."""


class LightCacheRefused(Refused):
    """The cache beside a node refuses us, or answers what no cache answers."""


class LightCacheAway(EidasError):
    """The cache beside a node could not be reached, or gave no answer in the agreed time."""
