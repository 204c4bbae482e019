"""What `run` prints: each thing once."""

from __future__ import annotations

import pytest

from cli.daemon_lines import DaemonLines

AWAY = {"event": "store-away", "why": "no connection", "segments": 1, "bytes": 10, "tries": 2}
PUT_OFF = {"event": "put-off", "site": "harbour", "page": "http://127.0.0.1/news/x/", "why": "the spool is full"}


def test_an_outage_and_looks_put_off_are_told_once_and_anew_after_the_store_was_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = DaemonLines(as_json=False)
    for event in (AWAY, AWAY, PUT_OFF, PUT_OFF, {"event": "store-back"}, AWAY, {"event": "kept", "why": "1 segment"}):
        lines.tell(dict(event))
    lines.stopped()
    told = capsys.readouterr().out
    assert told.count("can't be reached") == 2
    assert told.count("put off") == 1
    assert "kept in the spool for the store" in told
