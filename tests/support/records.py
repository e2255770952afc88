"""What must stand in the books of both sides when exchanges have ended, whatever happened."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from sdg_connector.adapters.store import Store
from tests.support.provider_process import DOCUMENT

_EVIDENCE = hashlib.sha256(DOCUMENT).hexdigest()


def check_records(ours: Store, theirs: Store, exchanges: Sequence[str]) -> None:
    """Each exchange ended once on each side, nothing is open, and both journals say the same."""
    assert ours.book.open_exchanges() == ()
    assert theirs.desk.open_requests() == ()
    assert ours.journal.verify().entries > 0
    assert theirs.journal.verify().entries > 0
    sent: set[str] = set()
    for exchange in exchanges:
        events = Counter(
            entry.content["event"] for entry in ours.journal.entries(exchange=exchange)
        )
        assert events["explicit_request"] == 1
        assert events["response_received"] == 1
        assert events["evidence_delivered"] == 1
        assert events["request_sent"] <= 2, "an answer may overtake its receipt"
        assert [file.sha256 for file in ours.book.with_files(exchange)[1]] == [_EVIDENCE]
        messages = ours.overview.messages(exchange)
        assert len([one for one in messages if one[0] == "out"]) == 2
        assert len([one for one in messages if one[0] == "in"]) == 2
        sent |= {one[1] for one in messages if one[0] == "out"}
    received = Counter[str]()
    happened = Counter[str]()
    for entry in theirs.journal.entries():
        event = entry.content["event"]
        happened[event] += 1
        if event == "request_received":
            received[entry.content["message"]] += 1
        if event == "response_written":
            assert entry.content["sha256"] == [_EVIDENCE]
    assert received == Counter(dict.fromkeys(sent, 1))
    count = len(exchanges)
    assert happened == Counter(
        request_received=2 * count,
        error_written=count,
        preview_awaited=happened["preview_awaited"],
        preview_decided=happened["preview_decided"],
        response_written=count,
        answer_delivered=2 * count,
    )
