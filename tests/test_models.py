"""Packaged model: damaged or missing."""

from __future__ import annotations

import pytest

from qa import models
from qa.errors import ModelError
from qa.models import packaged_model


def test_damaged_packaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGED_DIGEST", "0" * 64)
    with pytest.raises(ModelError, match="damaged"):
        packaged_model()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no_such_model")
    with pytest.raises(ModelError, match="pip install no-such-model"):
        packaged_model()
