"""Load the packaged reader, or any span model by folder or hub name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.compilation import Original, compiled
from qa.errors import ModelError
from qa.models import (
    PACKAGED_FILES,
    WEIGHTS_FILE,
    computes_in_bfloat16,
    file_digest,
    name_and_revision,
    packaged_model,
)
from qa.reader.quantization import SCALE, in_single_precision
from qa.reader.span_model import CompiledSpanModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

WEIGHTS = Path(__file__).parent / "weights"


def load_packaged(
    folder: Path = WEIGHTS, *, precise: bool = False
) -> tuple[PreTrainedModel, PreTrainedTokenizerFast, float]:
    """Load the packaged reader.

    Args:
        folder: Holds `reader.safetensors` (8 bits per weight), `config.json` and the card, `reader.json`.
        precise: Whether to compute in float32 where bfloat16 is faster.

    Returns:
        The model, its tokenizer and the score that a span must exceed to be likelier than no answer.

    Raises:
        ModelError: a file is missing or damaged.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer, BertConfig
    from transformers.initialization import no_init_weights

    path = folder / "reader.safetensors"
    card = _card(folder)
    try:
        config = BertConfig.from_json_file(folder / "config.json")
        intact = file_digest(path) == card["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path} is incomplete: install verbatim-qa again.") from error
    if not intact:
        raise ModelError(f"{path} is damaged: install verbatim-qa again.")
    base = packaged_model()
    bfloat16 = computes_in_bfloat16() and not precise
    with no_init_weights():
        model = AutoModelForQuestionAnswering.from_config(
            config, dtype=torch.bfloat16 if bfloat16 else torch.float32
        )
    if bfloat16:
        in_best_precision(model)
    with torch.no_grad():
        _fill(model, path, base / "model.safetensors")
    tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(base)  # type: ignore[assignment]
    return model, tokenizer, card["no_answer_threshold"]


def load_compiled(
    folder: Path = WEIGHTS,
) -> tuple[CompiledSpanModel, PreTrainedTokenizerFast, float] | None:
    """Load the packaged reader compiled for OpenVINO, without PyTorch; None if that is unavailable.

    Args:
        folder: As for `load_packaged`.

    Raises:
        ModelError: a file is missing or damaged.
    """

    def load() -> Original:
        model, _, _ = load_packaged(folder, precise=True)
        limit = model.config.max_position_embeddings
        return Original(model, ["start_logits", "end_logits"], {"max_tokens": limit})

    card = _card(folder)
    source = {"reader": card["sha256"], "words": PACKAGED_FILES[WEIGHTS_FILE], "config": card["config"]}
    model = compiled("reader", source, load)
    if model is None:
        return None
    from transformers import BertTokenizer  # `AutoTokenizer` would import PyTorch

    tokenizer: PreTrainedTokenizerFast = BertTokenizer.from_pretrained(packaged_model(weights=False))
    return CompiledSpanModel(model), tokenizer, card["no_answer_threshold"]


def _card(folder: Path) -> dict[str, Any]:
    """Return the reader's `no_answer_threshold` and the digests of its weights (`sha256`) and `config`."""
    path = folder / "reader.json"
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = {name: card[name] for name in ("sha256", "no_answer_threshold")}
        return {**known, "config": file_digest(folder / "config.json")}
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path} is incomplete: install verbatim-qa again.") from error


def _fill(model: PreTrainedModel, weights: Path, words: Path) -> None:
    """Copy weights into the model, one at a time: all of them in single precision would take a lot of memory.

    Args:
        model: The model.
        weights: The file of its weights, 8 bits per weight.
        words: The file of the packaged embedder, whose word embeddings it shares.
    """
    from safetensors import safe_open

    missing = model.state_dict()
    with safe_open(weights, "pt") as own:
        stored = set(own.keys())
        for name in stored & missing.keys():
            scale = own.get_tensor(f"{name}{SCALE}") if f"{name}{SCALE}" in stored else None
            missing.pop(name).copy_(in_single_precision(own.get_tensor(name), scale))
    with safe_open(words, "pt") as shared:
        for name, parameter in missing.items():
            parameter.copy_(shared.get_tensor(name.removeprefix("bert.")))


def in_best_precision(model: PreTrainedModel) -> PreTrainedModel:
    """Return the model in bfloat16 if the processor supports it, unchanged otherwise.

    The span head stays in single precision: the scores of candidates are close together.
    """
    import torch

    head = getattr(model, "qa_outputs", None)
    if head is None or not computes_in_bfloat16():
        return model
    model.to(torch.bfloat16)  # type: ignore[arg-type]
    head.float()
    head.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
    return model


def load_named(name: str, *, precise: bool = False) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Load a span model and its tokenizer from a folder, this machine's cache or the hub, in this order.

    Args:
        name: The model; on the hub optionally as `NAME@REVISION`.
        precise: Whether to compute in float32 where bfloat16 is faster.

    Raises:
        ModelError: no such model, or it has no trained span head or no fast tokenizer.
    """
    from huggingface_hub import model_info
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedTokenizerFast

    source, revision = name_and_revision(name)
    version = {} if revision is None else {"revision": revision}

    def load(*, local: bool) -> tuple[Any, dict[str, Any], Any]:
        model, report = AutoModelForQuestionAnswering.from_pretrained(
            source, local_files_only=local, output_loading_info=True, **version
        )
        return model, report, AutoTokenizer.from_pretrained(source, local_files_only=local, **version)

    try:
        try:
            model, report, tokenizer = load(local=True)
        except OSError:
            if Path(source).is_dir():
                raise
            model_info(source, revision=revision)  # fails at once where the loader would retry for minutes
            model, report, tokenizer = load(local=False)
    except Exception as error:  # each library raises its own errors
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"No reader {name!r}: give a folder or a hub model's name. {reason}") from error
    if report["missing_keys"]:
        raise ModelError(f"{name} was not trained to find spans: choose a question-answering model.")
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ModelError(f"{name} has no fast tokenizer, so its answers would have no exact offsets.")
    return model if precise else in_best_precision(model), tokenizer
