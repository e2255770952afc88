"""What xmltrust raises when bytes, keys or a caller break a rule.

XmlTrustError
 ├─ XmlMisuse             ours: the caller asked for what the standards forbid
 ├─ XmlRefused            theirs: the bytes are not XML that may be read
 │   └─ SelectionError    theirs: an element or attribute is missing, or there are too many
 ├─ SignatureRefused      theirs: nothing was proven
 ├─ DecryptionFailed      theirs: one answer to every reason, so that it tells an attacker nothing
 └─ CertificateRefused    theirs: no usable key in there
"""


class XmlTrustError(Exception):
    """Root of the package: ``rule`` that was broken, what was ``expected``, what was ``found``."""

    def __init__(self, rule: str, *, expected: str, found: str) -> None:
        """Keep the three facts; ``str()`` makes a sentence of them, and holds no personal data."""
        super().__init__(rule, expected, found)
        self.rule = rule
        """A stable identifier such as ``dsig/one-reference``, listed in ``docs/conformance.md``."""
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"{self.rule}: expected {self.expected}, found {self.found}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.rule, self.expected, self.found))


def _rebuild(kind: type[XmlTrustError], rule: str, expected: str, found: str) -> XmlTrustError:
    error = kind.__new__(kind)
    XmlTrustError.__init__(error, rule, expected=expected, found=found)
    return error


class XmlMisuse(XmlTrustError):
    """Our own caller asked for something that the standards or the policy forbid."""


class XmlRefused(XmlTrustError):
    """The bytes are not well-formed XML of the harmless kind that may be read."""


class SelectionError(XmlRefused):
    """An element, its text or an attribute is missing, or there are more than are allowed."""


class SignatureRefused(XmlTrustError):
    """The signature is absent, malformed, forbidden by policy, or not made by a trusted key."""


class CertificateRefused(XmlTrustError):
    """The certificate or key cannot be read, or is too weak to be used."""


class DecryptionFailed(XmlTrustError):
    """Decryption failed; every reason gives this same error, text included.

    A sender who could tell a bad key from a bad tag from bad plaintext would hold an oracle
    (Jager and Somorovsky, "How to break XML encryption", CCS 2011).
    """

    def __init__(self) -> None:
        """Take nothing: there is nothing to tell."""
        super().__init__(
            "xenc/decryption",
            expected="an element encrypted for one of our keys by an allowed algorithm",
            found="something that does not decrypt to the expected element",
        )
