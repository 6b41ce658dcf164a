"""Models: verifying files, naming a revision, loading without garbage collection, shapes of input."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from qa import models
from qa.cli import main
from qa.errors import ModelError
from qa.models import (
    MULTIPLE,
    PACKAGED_FILES,
    collector_paused,
    let_threads_sleep,
    name_and_revision,
    packaged_model,
    padded,
)
from tests.tiny_embedder import save_tiny_model
from tests.tiny_reader import tiny_reader
from tests.tiny_tokenizer import tiny_tokenizer


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a copy of the packaged model that `packaged_model` finds."""
    original = packaged_model()
    folder = tmp_path / "model"
    # Links, except for the files that a test changes, because the weights are large.
    shutil.copytree(original, folder, copy_function=os.symlink)
    spec = ModuleSpec("copy", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("qa.models.importlib.util.find_spec", lambda name: spec)
    assert packaged_model() == folder
    return folder


@pytest.mark.parametrize("name", PACKAGED_FILES)
def test_any_other_byte_in_any_file_is_noticed(name: str, package: Path) -> None:
    content = bytearray((package / name).read_bytes())
    content[len(content) // 2] ^= 1
    (package / name).unlink()
    (package / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"damaged, in {name}"):
        packaged_model()


def test_missing_and_additional_files_are_noticed(package: Path) -> None:
    """An additional file could change what the libraries load."""
    (package / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"damaged, in adapter_config\.json"):
        packaged_model()
    (package / "adapter_config.json").unlink()
    (package / "modules.json").unlink()
    with pytest.raises(ModelError, match=r"damaged, in modules\.json"):
        packaged_model()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no_such_model")
    with pytest.raises(ModelError, match="pip install no-such-model"):
        packaged_model()


def test_a_revision_follows_the_last_at_sign(tmp_path: Path) -> None:
    """A folder path is never a name with a revision, whatever characters it contains."""
    assert name_and_revision("owner/model") == ("owner/model", None)
    assert name_and_revision("owner/model@v1") == ("owner/model", "v1")
    assert name_and_revision("model@refs/pr/3") == ("model", "refs/pr/3")
    folder = tmp_path / "me@home" / "model@v1"
    folder.mkdir(parents=True)
    assert name_and_revision(str(folder)) == (str(folder), None)
    for name in ("owner/model@", f"{folder}@v2"):
        with pytest.raises(ModelError, match="has no revision"):
            name_and_revision(name)


def test_the_named_revision_is_loaded(tmp_path: Path) -> None:
    """This holds for reader and embedder, with models on this machine; any other revision is an error."""
    reader = tiny_reader()
    for number, tag in enumerate(("v1", "v2")):
        for name in ("owner/reader", "owner/embedder"):
            cached = tmp_path / "hub" / f"models--{name.replace('/', '--')}"
            snapshot = cached / "snapshots" / (str(number) * 40)
            for reference in (tag, "main"):
                (cached / "refs").mkdir(parents=True, exist_ok=True)
                (cached / "refs" / reference).write_text(snapshot.name, encoding="utf-8")
            if name == "owner/reader":
                with torch.no_grad():
                    reader.model.qa_outputs.bias.fill_(number + 0.5)
                reader.model.save_pretrained(snapshot)
                reader.tokenizer.save_pretrained(snapshot)
            else:
                shutil.copytree(save_tiny_model(tmp_path / tag, max_tokens=40 + number), snapshot)
    code = """
import json
from qa.errors import ModelError
from qa.index import load_embedder
from qa.reader import Reader
found = {}
for revision in ("@v1", "@v2", "", "@v3"):
    try:
        found[revision] = [
            float(Reader.load(f"owner/reader{revision}", precise=True).model.qa_outputs.bias[0]),
            load_embedder(f"owner/embedder{revision}").max_tokens,
        ]
    except ModelError as error:
        found[revision] = str(error)
print(json.dumps(found))
"""
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    least = found["@v1"][1]
    assert (found["@v1"], found["@v2"], found[""]) == ([0.5, least], [1.5, least + 1], [1.5, least + 1])
    assert "owner/reader@v3" in found["@v3"]


def test_the_collector_is_as_before_after_loading() -> None:
    """This also holds if loading fails, and if it was off before."""

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


def test_threads_sleep_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell sets this before it imports PyTorch."""
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    with pytest.raises(SystemExit):
        main(["--help"])
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    let_threads_sleep()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


@pytest.mark.parametrize(("multiple", "most"), [(MULTIPLE, 3), (1, 40)])
def test_texts_of_many_lengths_make_few_shapes(multiple: int, most: int) -> None:
    """Where each shape costs memory and time. Elsewhere, texts are only padded to the longest one."""
    tokenizer = tiny_tokenizer(max_tokens=64)
    lengths = range(1, 41)
    shapes = []
    for length in lengths:
        encoding = tokenizer(" ".join("a" * length), add_special_tokens=False).encodings[0]
        inputs = padded([encoding], tokenizer, multiple=multiple)
        assert int(inputs["attention_mask"].sum()) == length
        shapes.append(inputs["input_ids"].shape[1])
    assert len(set(shapes)) == most
    assert multiple > 1 or shapes == list(lengths)
