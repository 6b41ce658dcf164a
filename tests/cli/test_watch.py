"""Watching the corpus folder: what is logged and printed."""

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
    assert capsys.readouterr().out == "The articles have changed: documents 1.\n"
