"""What looks like a person's data, so that it does not leave the machine by mistake."""

import re

_PATTERNS = {
    "a Latvian personal code": re.compile(r"(?<!\d)\d{6}-?\d{5}(?!\d)"),
    "an Estonian or Lithuanian personal code": re.compile(r"(?<![\d-])[1-6]\d{10}(?!\d)"),
    "a Spanish identity number": re.compile(r"\b[XYZ\d]\d{7}-?[A-HJ-NP-TV-Z]\b"),
    "an Italian tax code": re.compile(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"),
    "an eIDAS identifier": re.compile(r"\b[A-Z]{2}/[A-Z]{2}/\S{4,}"),
    "a telephone number": re.compile(r"\+\d{1,3}[ \u00a0-]?(?:\d[ \u00a0-]?){6,12}(?!\d)"),
    "a Latvian mobile number": re.compile(r"(?<![\d/-])2\d{7}(?![\d/-])"),
}


def personal_kinds(text: str) -> tuple[str, ...]:
    """The kinds of personal data that a text seems to hold, in words; never the data itself."""
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(text))
