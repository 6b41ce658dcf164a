"""Embedder: unit vectors of whole texts, and loading models."""

from __future__ import annotations

import math
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
import torch

from qa.documents import Span, sentences
from qa.errors import ModelError
from qa.index import load_embedder
from qa.index.embedder import BATCH, SentenceEmbedder
from qa.index.encoder import PASSAGE_MEAN_SHARE, TorchEncoder
from qa.models import computes_in_bfloat16
from tests.tiny_embedder import save_tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def tiny(folder: Path) -> SentenceEmbedder:
    return load_embedder(str(folder))


def test_vectors_have_unit_length_and_keep_the_order(tiny: SentenceEmbedder) -> None:
    """A text's vector does not depend on the texts it is embedded with, nor on their order."""
    texts = ["a long text of many letters", "b", "", "c d e", "é中 unknown: ß"]
    vectors = tiny.embed(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(texts), tiny.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    alone = np.concatenate([tiny.embed([text]) for text in texts])
    np.testing.assert_allclose(vectors, alone, atol=2e-3 if computes_in_bfloat16() else 1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 0.01


def test_no_texts_give_no_vectors(tiny: SentenceEmbedder) -> None:
    assert tiny.embed([]).shape == (0, tiny.dimension)


def test_sentences_are_embedded_in_the_pass_of_their_text(tiny: SentenceEmbedder) -> None:
    """A sentence's vector depends on its context, but most on its own words."""
    text, changed = "Ab cde. Xy za.", "Ab cde. Pq za."
    spans = sentences(text)
    assert len(spans) == 2
    (before,), (after,) = (tiny.embed_with_sentences([one], [spans]) for one in (text, changed))
    assert before.shape == (3, tiny.dimension)
    np.testing.assert_allclose(np.linalg.norm(before, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(before[0], tiny.embed([text])[0], atol=2e-3)
    first, second = np.linalg.norm(after - before, axis=1)[1:]
    assert 0.005 < first < second


def test_the_vector_of_a_sentence_is_the_mean_of_its_tokens(tiny: SentenceEmbedder) -> None:
    """Minus a share of the mean of all tokens; a sentence without tokens has the mean of all."""
    text = "a b. c."
    encoding = tiny._tokenizer.encode(text)
    tokens = tiny._forward([encoding])[1][0, : len(encoding)]
    assert encoding.offsets == [(0, 0), (0, 1), (2, 3), (3, 4), (5, 6), (6, 7), (0, 0)]
    expected = [tokens[1:4].mean(0), tokens[4:6].mean(0), tokens.mean(0)] - PASSAGE_MEAN_SHARE * tokens.mean(
        0
    )
    (vectors,) = tiny.embed_with_sentences([text], [[Span(0, 4), Span(5, 7), Span(4, 5)]])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors[1:], expected, atol=1e-4)


def test_with_another_pooling_sentences_are_embedded_by_themselves(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    settings = copy / "1_Pooling" / "config.json"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"mean"', '"cls"'), encoding="utf-8")
    embedder = load_embedder(str(copy))
    text = "Ab cde. Xy za."
    (vectors,) = embedder.embed_with_sentences([text], [sentences(text)])
    np.testing.assert_allclose(vectors, embedder.embed([text, "Ab cde.", "Xy za."]), atol=2e-3)


def test_vectors_of_both_precisions_are_alike(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index made on one machine can thus be searched on another."""
    texts = ["a long text of many letters", "b", "c d e", "é中 unknown: ß"]
    vectors = {}
    for fast in (True, False):
        monkeypatch.setattr("qa.index.encoder.computes_in_bfloat16", lambda fast=fast: fast)
        embedder = load_embedder(str(folder))
        vectors[fast] = embedder.digest, embedder.embed(texts)
    assert vectors[True][0] == vectors[False][0]
    cosines = np.sum(vectors[True][1] * vectors[False][1], axis=1)
    assert 1e-8 < 1 - cosines.min() < 1e-3
    assert vectors[True][1].dtype == vectors[False][1].dtype == np.float32


def test_the_model_is_run_once_a_batch(tiny: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences need no pass of their own, and texts of similar length need little padding."""
    shapes = []
    encoder = tiny._encoder
    assert isinstance(encoder, TorchEncoder)
    forward = encoder.model.forward

    def counted(features: dict[str, torch.Tensor], **options: object) -> dict[str, torch.Tensor]:
        shapes.append(tuple(features["input_ids"].shape))
        found: dict[str, torch.Tensor] = forward(features, **options)
        return found

    monkeypatch.setattr(encoder.model, "forward", counted)
    monkeypatch.setattr(encoder, "multiple", 1)
    texts = [" ".join("a" * (1 + number % 28)) for number in range(200)]
    tiny.embed_with_sentences(texts, [sentences(text) for text in texts])
    assert len(shapes) == math.ceil(len(texts) / BATCH)
    assert sum(rows for rows, _ in shapes) == len(texts)
    tokens = sum(2 + len(tiny.token_offsets(text)) for text in texts)
    assert sum(rows * length for rows, length in shapes) < 1.3 * tokens


def test_texts_are_never_truncated(tiny: SentenceEmbedder) -> None:
    """The last token of the longest text counts, even beyond the limit saved in the tokenizer."""
    assert tiny.max_tokens == 30
    letters = ["a"] * tiny.max_tokens
    original, changed = tiny.embed([" ".join(letters), " ".join([*letters[:-1], "z"])])
    assert np.abs(original - changed).max() > 1e-3
    with pytest.raises(ValueError, match="31 tokens"):
        tiny.embed(["fine", " ".join([*letters, "a"])])


def test_token_offsets_count_code_points(tiny: SentenceEmbedder) -> None:
    """In a text of any length, before and after embedding."""
    text = "É 中  😀 ab" * 100
    before = tiny.token_offsets(text)
    assert [text[start:end] for start, end in before[:5]] == ["É", "中", "😀", "a", "b"]
    assert len(before) == 500
    tiny.embed(["short"])
    assert tiny.token_offsets(text) == before


def test_the_digest_depends_on_weights_and_settings(
    folder: Path, tiny: SentenceEmbedder, tmp_path: Path
) -> None:
    """Not on the name or the folder."""
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
    """It writes nothing to the terminal, and its vectors make sense."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    model = load_embedder()
    assert (model.dimension, model.max_tokens) == (384, 254)
    cat, kitten, bank = model.embed(["A cat sleeps.", "The kitten is asleep.", "The bank raised rates."])
    assert float(cat @ kitten) > 0.5 > 0.2 > float(cat @ bank)
    assert model.token_offsets("A cat.") == [(0, 1), (2, 5), (5, 6)], "neither padded nor truncated"
    assert len(model.token_offsets("cat " * 1000)) == 1000
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model"])
def test_an_unknown_name_fails_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a network there are no retries and no output."""
    attempts = []

    def refuse(*arguments: object, **_: object) -> None:
        attempts.append(arguments)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ModelError, match=name):
        load_embedder(name)
    assert len(attempts) <= 2, "the hub's library makes one more, the first time in a process"
    assert capfd.readouterr() == ("", "")


def test_a_folder_without_a_model_or_with_a_damaged_one_is_refused(folder: Path, tmp_path: Path) -> None:
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    weights = (damaged / "model.safetensors").read_bytes()
    (damaged / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    (tmp_path / "empty").mkdir()
    for name in ("damaged", "empty", "not/there/at all"):
        with pytest.raises(ModelError, match=name) as raised:
            load_embedder(str(tmp_path / name))
        assert "\n" not in str(raised.value)
