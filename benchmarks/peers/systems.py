"""The systems that are compared, with their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OURS = "verbatim-qa"


@dataclass(frozen=True, eq=False)
class Entry:
    """A system with its settings.

    Attributes:
        key: The name on the command line and in file names.
        name: The name in the table.
        system: The module and the class in this folder.
        environment: The requirements file that its environment is made from; None for the project's own.
        settings: What differs from the system's defaults.
        about: The settings in words.
        needs_bfloat16: Whether it makes sense only where the processor computes in bfloat16.
    """

    key: str
    name: str
    system: tuple[str, str]
    about: str
    environment: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    needs_bfloat16: bool = False

    @property
    def ours(self) -> bool:
        """Whether it is this package."""
        return self.name.startswith(OURS)

    @property
    def as_it_comes(self) -> bool:
        """Whether it has its defaults."""
        return not self.settings


_VERBATIM = ("verbatim", "Verbatim")
_HAYSTACK = ("haystack_pipeline", "HaystackPipeline")
_TXTAI = ("txtai_pipeline", "TxtaiPipeline")
_RECIPE = ("recipe", "Recipe")

_HAYSTACK_BEST = {
    "retriever": {"top_k": 5},
    "reader": {"no_answer": False, "max_batch_size": 1},
    "hybrid": True,
}
_TXTAI_BEST = {"embeddings": {"hybrid": True}, "pipeline": {"context": 1}, "locked": True}
_RECIPE_BEST = {"passages": 5, "batched": True}

ENTRIES: Sequence[Entry] = (
    Entry(OURS, OURS, _VERBATIM, "defaults, without the extra `openvino`"),
    Entry(
        f"{OURS}-openvino",
        f"{OURS}[openvino]",
        _VERBATIM,
        "defaults, with the extra `openvino`; the models are compiled before",
        settings={"openvino": True},
    ),
    Entry(
        f"{OURS}-float32",
        f"{OURS}, float32",
        _VERBATIM,
        "as on a processor without instructions for bfloat16",
        settings={"bfloat16": False},
        needs_bfloat16=True,
    ),
    Entry("haystack", "Haystack", _HAYSTACK, "as it comes: 10 passages by embedding", "haystack"),
    Entry(
        "haystack-best",
        "Haystack, best settings",
        _HAYSTACK,
        '5 passages by embedding and BM25 (reciprocal ranks), read one at a time, no "no answer"',
        "haystack",
        _HAYSTACK_BEST,
    ),
    Entry(
        "haystack-bfloat16",
        "Haystack, best settings, bfloat16",
        _HAYSTACK,
        "the same with both models in bfloat16",
        "haystack",
        {**_HAYSTACK_BEST, "dtype": "bfloat16"},
        needs_bfloat16=True,
    ),
    Entry("txtai", "txtai", _TXTAI, "as it comes: 3 passages by embedding, read as one text", "txtai"),
    Entry(
        "txtai-best",
        "txtai, best settings",
        _TXTAI,
        "1 passage by embedding and BM25, one search at a time",
        "txtai",
        _TXTAI_BEST,
    ),
    Entry(
        "txtai-bfloat16",
        "txtai, best settings, bfloat16",
        _TXTAI,
        "the same with both models in bfloat16",
        "txtai",
        {**_TXTAI_BEST, "dtype": "bfloat16"},
        needs_bfloat16=True,
    ),
    Entry(
        "recipe",
        "recipe of the tutorials",
        _RECIPE,
        "sentence-transformers, FAISS, 5 passages one at a time, padded to 384 tokens",
    ),
    Entry(
        "recipe-best",
        "recipe, best settings",
        _RECIPE,
        "5 passages together, padded to the longest",
        settings=_RECIPE_BEST,
    ),
    Entry(
        "recipe-bfloat16",
        "recipe, best settings, bfloat16",
        _RECIPE,
        "the same with both models in bfloat16",
        settings={**_RECIPE_BEST, "dtype": "bfloat16"},
        needs_bfloat16=True,
    ),
)


def chosen(names: str | None, *, bfloat16: bool) -> list[Entry]:
    """Return the entries in a list such as "verbatim-qa,haystack-best"; "haystack" means all its variants.

    Raises:
        ValueError: a name matches no entry.
    """
    fitting = [entry for entry in ENTRIES if bfloat16 or not entry.needs_bfloat16]
    if names is None:
        return fitting
    wanted = names.split(",")
    for name in wanted:
        if not any(_fits(entry, name) for entry in ENTRIES):
            raise ValueError(f"no system {name}: choose from {', '.join(entry.key for entry in ENTRIES)}")
    return [entry for entry in fitting if any(_fits(entry, name) for name in wanted)]


def _fits(entry: Entry, name: str) -> bool:
    return entry.key == name or entry.key.startswith(f"{name}-")
