"""What an AS4 access point refuses, and the ebMS error it answers with.

::

    ConnectorError
    ├── OwnMistake     → As4Misuse          we were asked to send what the profile forbids
    ├── PeerMistake    → As4Refused         the peer's message breaks a rule; ``error`` goes back
    │                    └── PeerReportedError  the peer answered with an error signal
    └── NobodyAnswered → NoReceipt          no valid receipt in the agreed time (EBMS:0301)

Codes: https://docs.oasis-open.org/ebxml-msg/ebms/v3.0/core/os/ebms_core-3.0-spec-os.html#__RefHeading__1930_1788966158
"""

from enum import Enum

from sdg_connector.errors import NobodyAnswered, OwnMistake, PeerMistake


class EbmsError(Enum):
    """Error codes of ebMS 3.0 (6.7) and the AS4 profile (3.6): code, short description, ..."""

    VALUE_NOT_RECOGNIZED = ("EBMS:0001", "ValueNotRecognized", "failure", "Content")
    FEATURE_NOT_SUPPORTED = ("EBMS:0002", "FeatureNotSupported", "warning", "Content")
    VALUE_INCONSISTENT = ("EBMS:0003", "ValueInconsistent", "failure", "Content")
    OTHER = ("EBMS:0004", "Other", "failure", "Content")
    CONNECTION_FAILURE = ("EBMS:0005", "ConnectionFailure", "failure", "Communication")
    EMPTY_PARTITION = ("EBMS:0006", "EmptyMessagePartitionChannel", "warning", "Communication")
    MIME_INCONSISTENCY = ("EBMS:0007", "MimeInconsistency", "failure", "Unpackaging")
    UNPACKAGING_NOT_SUPPORTED = ("EBMS:0008", "FeatureNotSupported", "failure", "Unpackaging")
    INVALID_HEADER = ("EBMS:0009", "InvalidHeader", "failure", "Unpackaging")
    PMODE_MISMATCH = ("EBMS:0010", "ProcessingModeMismatch", "failure", "Processing")
    EXTERNAL_PAYLOAD = ("EBMS:0011", "ExternalPayloadError", "failure", "Content")
    FAILED_AUTHENTICATION = ("EBMS:0101", "FailedAuthentication", "failure", "Processing")
    FAILED_DECRYPTION = ("EBMS:0102", "FailedDecryption", "failure", "Processing")
    POLICY_NONCOMPLIANCE = ("EBMS:0103", "PolicyNoncompliance", "failure", "Processing")
    DYSFUNCTIONAL_RELIABILITY = ("EBMS:0201", "DysfunctionalReliability", "failure", "Processing")
    DELIVERY_FAILURE = ("EBMS:0202", "DeliveryFailure", "failure", "Communication")
    MISSING_RECEIPT = ("EBMS:0301", "MissingReceipt", "failure", "Communication")
    INVALID_RECEIPT = ("EBMS:0302", "InvalidReceipt", "failure", "Communication")
    DECOMPRESSION_FAILURE = ("EBMS:0303", "DecompressionFailure", "failure", "Communication")

    @property
    def code(self) -> str:
        """The published code, such as ``EBMS:0101``."""
        return self.value[0]

    @property
    def short_description(self) -> str:
        """The published short description."""
        return self.value[1]

    @property
    def severity(self) -> str:
        """``failure`` or ``warning``."""
        return self.value[2]

    @property
    def category(self) -> str:
        """The published category."""
        return self.value[3]


class As4Misuse(OwnMistake):
    """We were asked to send, or configured with, something that the AS4 profile forbids."""


class As4Refused(PeerMistake):
    """A message breaks a rule of AS4; ``error`` is the ebMS error to answer with."""

    def __init__(self, error: EbmsError, rule: str, *, expected: str, found: str) -> None:
        """Keep the rule, what was expected and what came (never a person's data)."""
        super().__init__(rule=rule, expected=expected, found=found, wire_code=error.code)
        self.error = error
        """What goes back to the peer."""
        self.message_id: str | None = None
        """The message it is about, where the header could be read."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.error, self.rule, self.expected, self.found))


def _rebuild(
    kind: type[As4Refused], error: EbmsError, rule: str, expected: str, found: str
) -> As4Refused:
    return kind(error, rule, expected=expected, found=found)


class PeerReportedError(As4Refused):
    """The peer answered our message with an ebMS error signal; ``codes`` are what it said."""

    def __init__(self, *, codes: tuple[str, ...], signed: bool) -> None:
        """Keep the codes, and whether the peer's own signature covers them."""
        super().__init__(
            EbmsError.OTHER,
            "AS4 2.3",
            expected="a receipt",
            found=f"the error {', '.join(codes)}",
        )
        self.codes = codes
        self.signed = signed
        """An unsigned error may come from anybody on the way: it ends nothing, we try again."""

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_reported, (self.codes, self.signed))


def _rebuild_reported(codes: tuple[str, ...], signed: bool) -> PeerReportedError:
    return PeerReportedError(codes=codes, signed=signed)


class NoReceipt(NobodyAnswered):
    """No valid receipt came in the agreed time: EBMS:0301, to be told to the producer."""

    wire_code = EbmsError.MISSING_RECEIPT.code
