"""What was used is remembered for as long as it could be used again, and no longer."""

from datetime import timedelta

from eidas_world import NOW

import eidas

ISSUER = "https://node.es.example/metadata"


def test_a_message_is_new_once_for_each_issuer() -> None:
    guard = eidas.MemoryReplayGuard()
    until = NOW + timedelta(minutes=5)
    assert guard.first_time(ISSUER, "_1", until=until, now=NOW)
    assert not guard.first_time(ISSUER, "_1", until=until, now=NOW)
    assert guard.first_time("https://node.it.example", "_1", until=until, now=NOW)


def test_memory_holds_only_what_has_not_ended() -> None:
    guard = eidas.MemoryReplayGuard()
    most = 0
    for number in range(20_000):
        now = NOW + timedelta(seconds=number)
        guard.first_time(ISSUER, f"_{number}", until=now + timedelta(minutes=5), now=now)
        most = max(most, len(guard._seen))
    assert most <= 1024


def test_a_message_that_lives_long_makes_no_other_forgotten() -> None:
    guard = eidas.MemoryReplayGuard()
    soon, decades = NOW + timedelta(minutes=5), NOW + timedelta(days=20_000)
    guard.first_time(ISSUER, "_kept", until=soon, now=NOW)
    for number in range(3000):
        guard.first_time(ISSUER, f"_{number}", until=decades, now=NOW)
    assert not guard.first_time(ISSUER, "_kept", until=soon, now=NOW)
