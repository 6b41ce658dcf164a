"""Watching the corpus folder: log and output."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from qa.cli.watch import watch
from qa.errors import CorpusError


def test_a_recurring_error_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = CorpusError("no corpus folder")
    looks: list[Any] = [gone, gone, True, False, gone, KeyboardInterrupt]
    chatbot = Mock(documents=["a.txt"], failures=["'b.txt' is empty"])
    chatbot.refresh.side_effect = looks
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(KeyboardInterrupt):
        watch(chatbot)
    error = "Cannot watch the folder: no corpus folder"
    assert caplog.messages == [error, "'b.txt' is empty", error]
    assert capsys.readouterr().out == "The documents have changed: 1 in all.\n"


def test_looking_at_many_files_takes_a_hundredth_of_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause is a hundred times as long as the last check; the time for indexing does not count."""
    clock = 0.0
    pauses: list[float] = []
    work = [(0.001, False), (0.5, False), (60.0, True), (0.5, False)]

    def refresh() -> bool:
        nonlocal clock
        if not work:
            raise KeyboardInterrupt
        seconds, changed = work.pop(0)
        clock += seconds
        return changed

    chatbot = Mock(documents=[], failures=[])
    chatbot.refresh.side_effect = refresh
    monkeypatch.setattr("time.sleep", pauses.append)
    monkeypatch.setattr("time.thread_time", lambda: clock)
    with pytest.raises(KeyboardInterrupt):
        watch(chatbot)
    assert pauses == pytest.approx([1, 1, 50, 1, 50])
