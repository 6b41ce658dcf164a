"""The component, in a pipeline of Haystack itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers import BRIDGE

pytest.importorskip("haystack")

from haystack import Pipeline
from haystack.dataclasses import ExtractedAnswer

from qa.integrations.haystack import VerbatimAnswerer

MILL = "The mill burnt down in 1822, on a Sunday."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8", newline="")
    (folder / "mill.txt").write_text(MILL, encoding="utf-8")
    return folder


def check(answer: ExtractedAnswer) -> None:
    """Check the offsets of the answer in its document and in its sentence."""
    assert answer.document is not None
    assert answer.document_offset is not None
    assert answer.context_offset is not None
    place, inside = answer.document_offset, answer.context_offset
    assert answer.document.content is not None
    assert answer.context is not None
    assert answer.document.content[place.start : place.end] == answer.data
    assert answer.context[inside.start : inside.end] == answer.data
    assert 0 <= answer.score <= 1


def test_a_pipeline_answers_and_is_saved(folder: Path) -> None:
    pipeline = Pipeline()
    pipeline.add_component("answerer", VerbatimAnswerer(str(folder)))
    pipeline = Pipeline.loads(pipeline.dumps(), allowed_modules=["qa.integrations.haystack"])
    found = pipeline.run({"answerer": {"query": "When did the mill burn down?"}})["answerer"]
    (answer,) = found["answers"]
    assert "1822" in answer.data
    assert answer.document.meta == {"source": "mill.txt"}
    for one in (answer, *found["candidates"]):
        check(one)
    for passage in found["documents"]:
        text = BRIDGE if passage.meta["source"] == "bridge.txt" else MILL
        assert text[passage.meta["start"] : passage.meta["end"]] == passage.content

    silent = pipeline.run({"answerer": {"query": "Who painted the ceiling of the chapel?"}})["answerer"]
    assert silent["answers"] == []
    assert silent["documents"]


def test_it_answers_in_an_event_loop(folder: Path) -> None:
    answerer = VerbatimAnswerer(str(folder))
    answerer.warm_up()
    found = asyncio.run(answerer.run_async("What did the bridge cost?"))
    assert [answer.data for answer in found["answers"]] == ["four million crowns"]
