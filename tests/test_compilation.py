"""Compilation: models in OpenVINO agree with PyTorch, are cached, and are optional."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from qa.compilation import Original, compiled
from qa.index import load_embedder
from qa.models import padded
from qa.reader import Reader
from tests.tiny_reader import tiny_reader, whole

OUTPUTS = ["start_logits", "end_logits"]
READER = tiny_reader()
QUESTIONS = ("Who opened the bridge?", "When was the bridge opened?", "What did it cost?")
BRIDGE = "The bridge was opened in 1932 by the mayor, Anna Lund. It cost four million crowns."


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enable OpenVINO, and return the folder of its cached models."""
    monkeypatch.delenv("QA_OPENVINO")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "verbatim-qa"


def load() -> Original:
    return Original(READER.model, OUTPUTS, {"max_tokens": READER.max_tokens})


def inputs(*texts: str) -> dict[str, Any]:
    return padded(READER.tokenizer(list(texts)).encodings or [], READER.tokenizer, multiple=16)


def test_a_compiled_model_returns_what_the_original_does() -> None:
    """This holds for texts of several lengths, together or alone, and for several threads at once."""
    model = compiled("tiny", {}, load)
    assert model is not None
    assert model.facts == {"max_tokens": READER.max_tokens}
    batches = [inputs("a b c", "a b c d e f g " * 3), inputs("a"), inputs("f " * 30)]
    expected = [READER.span_model(batch) for batch in batches]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(model, batches * 5))
    for batch, outputs, right in zip(batches * 5, found, expected * 5, strict=True):
        mask = batch["attention_mask"] == 1
        for name, logits in zip(OUTPUTS, right, strict=True):
            np.testing.assert_allclose(outputs[name][mask], logits[mask], atol=0.05)


def test_it_is_compiled_once(cache: Path) -> None:
    """It is compiled again if its source has changed or one of its files is damaged."""
    loads = []

    def counted() -> Original:
        loads.append(1)
        return load()

    for source, expected in (("one", 1), ("one", 1), ("other", 2), ("one", 2)):
        assert compiled("tiny", {"weights": source}, counted) is not None
        assert len(loads) == expected
    for path in cache.glob("tiny-*/model.bin"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    assert compiled("tiny", {"weights": "one"}, counted) is not None
    assert len(loads) == 3
    assert sorted(path.name[0] for path in cache.iterdir()) == ["t"] * 4, "two models, each with its lock"


class Brief(nn.Module):
    """A model that treats longer texts differently, in a branch that tracing does not see."""

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        total = (input_ids + attention_mask + token_type_ids).float()
        return {"logits": total if total.shape[1] < 40 else -total}


def test_a_model_that_changed_in_compilation_is_not_used(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model: Any = Brief()
    assert compiled("brief", {}, lambda: Original(model, ["logits"], {})) is None
    assert "differs by" in caplog.text
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


def test_without_a_cache_pytorch_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled("tiny", {}, load) is None
    assert "Computing with PyTorch" in caplog.text


def test_a_broken_openvino_is_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """OpenVINO can be imported, but its distribution is not found."""
    monkeypatch.setattr("qa.compilation._LIBRARIES", ("openvino-that-is-not-installed",))
    assert compiled("tiny", {}, load) is None
    assert "Computing with PyTorch" in caplog.text


def test_models_that_nobody_uses_are_deleted(cache: Path) -> None:
    """Models made from other versions are deleted a month after they were last used."""
    for source in ("old", "other"):
        assert compiled("tiny", {"weights": source}, load) is not None
    for folder in cache.glob("tiny-*/"):
        os.utime(folder, (0, 0))
    assert compiled("tiny", {"weights": "other"}, load) is not None
    assert compiled("tiny", {"weights": "new"}, load) is not None
    assert len(list(cache.glob("tiny-*/"))) == 2
    assert len(list(cache.glob("*.lock"))) == 2


def test_a_model_is_used_though_another_process_tidies_the_cache(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A listed folder may be gone when it is examined; a dangling link simulates this."""
    cache.mkdir(parents=True)
    (cache / "tiny-gone").symlink_to(cache / "gone")
    assert compiled("tiny", {}, load) is not None
    assert caplog.text == ""


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("QA_OPENVINO", "0")
    with caplog.at_level(logging.DEBUG):
        assert compiled("tiny", {}, load) is None
    assert caplog.text == ""


def test_the_packaged_models_answer_alike_without_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vectors are also alike, and an index made with either can be searched with the other."""
    program = (
        "import json, sys\n"
        "calls = []\n"
        "sys.addaudithook(lambda event, _: calls.append(event) if event.startswith('socket.') else None)\n"
        "from qa import Document\n"
        "from qa.documents import Span\n"
        "from qa.index import load_embedder\n"
        "from qa.reader import Reader\n"
        "from qa.results import Passage\n"
        f"text, questions = {BRIDGE!r}, {QUESTIONS!r}\n"
        "passage = Passage(Document('a', text), Span(0, len(text)), 0.0, None, None)\n"
        "reader, embedder = Reader.load(), load_embedder()\n"
        "best = [reader.read(question, [passage])[0] for question in questions]\n"
        "print(json.dumps({\n"
        "    'torch': 'torch' in sys.modules,\n"
        "    'network': calls,\n"
        "    'answers': [(one.text, float(one.score)) for one in best],\n"
        "    'digest': embedder.digest,\n"
        "    'limits': [reader.max_tokens, embedder.max_tokens, embedder.dimension],\n"
        "    'vectors': embedder.embed([text, *questions]).tolist(),\n"
        "}))\n"
    )
    first, second = (
        json.loads(
            subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
        )
        for _ in range(2)
    )
    assert first["network"] == [], "OpenVINO would send telemetry"
    assert (first["torch"], second["torch"]) == (True, False), "it is compiled from PyTorch, once"
    assert {**first, "torch": False} == second
    monkeypatch.setenv("QA_OPENVINO", "0")
    reader, embedder = Reader.load(), load_embedder()
    best = [reader.read(question, [whole(BRIDGE)])[0] for question in QUESTIONS]
    assert [text for text, _ in second["answers"]] == [one.text for one in best]
    assert [score for _, score in second["answers"]] == pytest.approx([one.score for one in best], abs=0.5)
    assert second["digest"] == embedder.digest
    assert second["limits"] == [reader.max_tokens, embedder.max_tokens, embedder.dimension]
    vectors = embedder.embed([BRIDGE, *QUESTIONS])
    assert (np.array(second["vectors"]) * vectors).sum(axis=1).min() > 0.999
