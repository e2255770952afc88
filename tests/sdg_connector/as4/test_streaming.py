"""A payload passes both ways without ever lying in memory."""

import os
import tracemalloc

from sdg_connector.adapters.as4_endpoint import Spools
from sdg_connector.as4 import Payload, accept_message, pack_user_message
from sdg_connector.content import FileContent


def test_memory_stays_flat_however_big_the_payload_is(pair, new_id, now, tmp_path):
    document = tmp_path / "document.pdf"
    document.write_bytes(os.urandom(40_000_000))
    spools = Spools()
    tracemalloc.start()
    try:
        with document.open("rb") as file:
            content = FileContent(file, 40_000_000)
            packed = pack_user_message(
                pair.message(),
                [Payload(content_id="a@x", media_type="application/pdf", content=content)],
                agreements=pair.bent(compress=False).sending,
                keys=pair.sender_keys,
                new_id=new_id,
                new_spool=spools,
            )
        received = accept_message(
            packed.content_type,
            packed.chunks(),
            agreements=pair.receiving,
            keys=pair.receiver_keys,
            now=now,
            new_spool=spools,
        )
        peak = tracemalloc.get_traced_memory()[1]
        assert received.payloads[0].size == 40_000_000
    finally:
        tracemalloc.stop()
        spools.close()
    assert peak < 10_000_000
