"""Compilation: packaged models compiled for OpenVINO, once, and kept in the user's cache."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qa.errors import ModelError
from qa.models import file_digest, quiet_loading

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedModel

_LIBRARIES = ("openvino", "sentence-transformers", "torch", "transformers")
_FILES = ("model.xml", "model.bin")
_CARD = "card.json"  # written last
_LOCK = ".lock"  # held while a model is looked up and compiled
_FORM = "1"  # version of what is kept: increment when it, or the compilation, changes
_UNUSED_SECONDS = 30 * 24 * 3600.0  # after which a compiled model is deleted
_TOLERANCE = 0.1  # as a share of the model's largest output

_log = logging.getLogger(__name__)


class Original(NamedTuple):
    """A BERT model of transformers, to be compiled.

    Attributes:
        model: The model, in single precision.
        outputs: The names of the outputs to keep, each (texts, tokens, ...).
        facts: Values to keep with the compiled model, as JSON.
    """

    model: PreTrainedModel
    outputs: Sequence[str]
    facts: dict[str, Any]


class CompiledModel:
    """A model that OpenVINO runs, in bfloat16 if the processor supports it.

    Several threads may use it at once.

    Args:
        folder: The folder of the compiled model.

    Attributes:
        facts: The values that were kept with it.

    Raises:
        ModelError: A file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
            intact = all(file_digest(folder / name) == card["sha256"][name] for name in _FILES)
            self.facts: dict[str, Any] = card["facts"]
            self._outputs: list[str] = card["outputs"]
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{folder} is incomplete: delete it.") from error
        if not intact:
            raise ModelError(f"{folder} is damaged: delete it.")
        threads = os.environ.get("OMP_NUM_THREADS", "")  # as PyTorch does
        settings = {"INFERENCE_NUM_THREADS": int(threads)} if threads.isdecimal() else {}
        self._model = _openvino().Core().compile_model(folder / _FILES[0], "CPU", settings)

    def __call__(self, inputs: Mapping[str, NDArray[np.int64]]) -> dict[str, NDArray[np.float32]]:
        """Run the model on inputs by name, each (texts, tokens), and return its outputs by name."""
        outputs = self._model.infer_new_request(inputs)
        return {name: outputs[name] for name in self._outputs}


def compiled(name: str, source: Mapping[str, str], load: Callable[[], Original]) -> CompiledModel | None:
    """Return a model compiled for OpenVINO, or None if that is unavailable.

    This needs OpenVINO and a writable cache folder, and `QA_OPENVINO` must not be 0 in the environment. The
    first call loads and compiles the model, compares it with the original, and keeps it.

    Args:
        name: The model's name, for its folder.
        source: What the model is made from: the digests of its files.
        load: Loads the original.
    """
    if os.environ.get("QA_OPENVINO") == "0" or importlib.util.find_spec("openvino") is None:
        return None
    try:
        made_from = {**source, "form": _FORM, **{library: version(library) for library in _LIBRARIES}}
        key = hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()
        return _cached(name, key, load)
    except (ImportError, OSError, RuntimeError) as error:  # OpenVINO raises RuntimeError
        reason = " ".join(str(error).split())[:200]
        _log.warning("Computing with PyTorch, which is slower: OpenVINO failed (%s)", reason)
        return None


def _cached(name: str, key: str, load: Callable[[], Original]) -> CompiledModel:
    from filelock import FileLock
    from platformdirs import user_cache_path

    folder = user_cache_path("verbatim-qa", ensure_exists=True) / f"{name}-{key[:16]}"
    with FileLock(folder.with_suffix(_LOCK)):
        if folder.is_dir():
            try:
                os.utime(folder)  # mark it as used
                return CompiledModel(folder)
            except ModelError as error:
                _log.warning("%s Compiling it again.", error)
        _log.info("Compiling %s for this machine, once, into %s", name, folder)
        with tempfile.TemporaryDirectory(
            dir=folder.parent, prefix=f".{name}-", ignore_cleanup_errors=True
        ) as made:
            original = load()
            _compile(original, Path(made))
            model = CompiledModel(Path(made))
            _check(model, original)
            shutil.rmtree(folder, ignore_errors=True)
            Path(made).replace(folder)  # then there is nothing to clean up
        _delete_unused(folder.parent, name)
        return model


def _delete_unused(folder: Path, name: str) -> None:
    """Delete models that were not used for long, and what killed processes left."""
    for other in folder.glob(f"*{name}-*"):
        with suppress(OSError):  # another process may delete it too
            if other.suffix != _LOCK and time.time() - other.stat().st_mtime > _UNUSED_SECONDS:
                shutil.rmtree(other, ignore_errors=True)
                other.with_suffix(_LOCK).unlink()


def _openvino() -> Any:
    """Return OpenVINO, without the package that sends telemetry as soon as it is imported."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    """Undo what OpenVINO does to the root logger: after a failure it would stay silent."""
    root = logging.getLogger()
    level, filters, handlers = root.level, root.filters[:], root.handlers[:]
    try:
        yield
    finally:
        root.setLevel(level)
        root.filters, root.handlers = filters, handlers


def _compile(original: Original, folder: Path) -> None:
    """Write the compiled model, with its weights in 16 bits."""
    import torch

    openvino = _openvino()
    inputs = {name: torch.from_numpy(array) for name, array in _example(texts=2, tokens=32).items()}
    with warnings.catch_warnings(), quiet_loading(), _root_logger_kept():
        warnings.simplefilter("ignore")  # about tracing: `_check` compares the result
        model = openvino.convert_model(original.model.eval(), example_input=inputs)
    openvino.save_model(model, folder / _FILES[0], compress_to_fp16=True)
    digests = {name: file_digest(folder / name) for name in _FILES}
    card = {"sha256": digests, "outputs": original.outputs, "facts": original.facts}
    (folder / _CARD).write_text(json.dumps(card), encoding="utf-8")


def _check(model: CompiledModel, original: Original) -> None:
    """Compare the compiled model with the original, on inputs of another shape than it was traced with.

    Raises:
        RuntimeError: They differ by more than rounding.
    """
    import torch

    inputs = _example(texts=3, tokens=48)
    with torch.inference_mode():
        expected = original.model(**{name: torch.from_numpy(array) for name, array in inputs.items()})
    read = inputs["attention_mask"] == 1  # outputs for padding are never used
    for name, found in model(inputs).items():
        right = expected[name].numpy()
        difference = float(np.abs(found - right)[read].max())
        if difference > _TOLERANCE * float(np.abs(right).max()):
            raise RuntimeError(f"the compiled model differs by {difference:.3f}")


def _example(*, texts: int, tokens: int) -> dict[str, NDArray[np.int64]]:
    """Return the inputs of BERT, each (texts, tokens), with some padding in the last text."""
    ids = np.arange(texts * tokens, dtype=np.int64).reshape(texts, tokens) % 29 + 1
    mask = np.ones_like(ids)
    mask[-1, tokens // 2 :] = 0
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
