"""Texts to unit vectors, whole or not at all."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from qa.errors import ModelError
from qa.index import load_embedder
from qa.index.embedder import SentenceEmbedder
from tests.tiny_embedder import save_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model on disk."""
    return save_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tiny(folder: Path) -> SentenceEmbedder:
    """The tiny model, loaded."""
    return load_embedder(str(folder))


def test_vectors_have_unit_length_and_stand_in_order(tiny: SentenceEmbedder) -> None:
    """A text's vector does not depend on the texts it is embedded with, nor on their order."""
    texts = ["a long text of many letters", "b", "", "c d e", "é中 unknown: ß"]
    vectors = tiny.embed(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), tiny.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    alone = np.concatenate([tiny.embed([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 0.01


def test_no_texts_give_no_vectors(tiny: SentenceEmbedder) -> None:
    """The shape holds for nothing as well."""
    assert tiny.embed([]).shape == (0, tiny.dimension)


def test_no_token_is_left_out(tiny: SentenceEmbedder) -> None:
    """The last token of the longest text counts, past the limit saved in the tokenizer; more is refused."""
    assert tiny.max_tokens == 30
    letters = ["a"] * tiny.max_tokens
    whole, changed = tiny.embed([" ".join(letters), " ".join([*letters[:-1], "z"])])
    assert np.abs(whole - changed).max() > 1e-3
    with pytest.raises(ValueError, match="31 tokens"):
        tiny.embed(["fine", " ".join([*letters, "a"])])


def test_token_offsets_are_places_in_the_text(tiny: SentenceEmbedder) -> None:
    """Offsets count code points of the text as it is, however long it is, before and after embedding."""
    text = "É 中  😀 ab" * 100
    before = tiny.token_offsets(text)
    assert [text[start:end] for start, end in before[:5]] == ["É", "中", "😀", "a", "b"]
    assert len(before) == 500
    tiny.embed(["short"])
    assert tiny.token_offsets(text) == before


def test_equal_models_share_a_digest(folder: Path, tiny: SentenceEmbedder, tmp_path: Path) -> None:
    """The digest is that of the vectors' causes: weights and settings, not name or place."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert load_embedder(str(copy)).digest == tiny.digest
    digests = {tiny.digest, load_embedder(str(save_tiny_model(tmp_path, seed=1))).digest}
    for settings, old, new in (
        (copy / "1_Pooling" / "config.json", '"mean"', '"cls"'),
        (copy / "config.json", '"num_attention_heads": 2', '"num_attention_heads": 4'),
        (copy / "tokenizer.json", '"lowercase": true', '"lowercase": false'),
    ):
        text = settings.read_text(encoding="utf-8")
        assert old in text
        settings.write_text(text.replace(old, new), encoding="utf-8")
        digests.add(load_embedder(str(copy)).digest)
    assert len(digests) == 5


def test_the_packaged_model_needs_no_network(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It loads and embeds without a connection and without a word, and its vectors make sense."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    model = load_embedder()
    assert (model.dimension, model.max_tokens) == (384, 254)
    cat, kitten, bank = model.embed(["A cat sleeps.", "The kitten is asleep.", "The bank raised rates."])
    assert float(cat @ kitten) > 0.5 > 0.2 > float(cat @ bank)
    assert model.token_offsets("A cat.") == [(0, 1), (2, 5), (5, 6)], "neither padded nor cut"
    assert len(model.token_offsets("cat " * 1000)) == 1000
    assert capfd.readouterr() == ("", "")


def test_progress_is_shown_where_asked(tiny: SentenceEmbedder, capfd: pytest.CaptureFixture[str]) -> None:
    """A bar on stderr, and only then."""
    tiny.embed(["a"])
    assert capfd.readouterr() == ("", "")
    tiny.embed(["a"], progress=True)
    assert "Batches" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model"])
def test_an_unknown_name_fails_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a network there is no trying again, no noise, and a ModelError that names the model."""
    attempts = []

    def refuse(*arguments: object, **_: object) -> None:
        attempts.append(arguments)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ModelError, match=name):
        load_embedder(name)
    assert len(attempts) <= 2, "the hub's own library adds one, the first time in a process"
    assert capfd.readouterr() == ("", "")


def test_what_is_no_model_is_one_line(folder: Path, tmp_path: Path) -> None:
    """A folder that holds no model, or a damaged one, is a ModelError that names it."""
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    weights = (damaged / "model.safetensors").read_bytes()
    (damaged / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    (tmp_path / "empty").mkdir()
    for name in ("damaged", "empty", "not/there/at all"):
        with pytest.raises(ModelError, match=name) as raised:
            load_embedder(str(tmp_path / name))
        assert "\n" not in str(raised.value)
