from __future__ import annotations

import json

import pytest

from qa.documents import Document
from qa.presentation import evidence, found_again, kept_evidence
from tests.helpers import BRIDGE, tiny_chatbot

BOT = tiny_chatbot(BRIDGE)
FOUND = evidence(BOT.ask("Who opened the bridge?", min_confidence=0.0))


def test_evidence_is_found_again_in_the_same_document() -> None:
    """From plain data that has none of the text, in another index of the document."""
    again = tiny_chatbot(BRIDGE).documents
    assert len(FOUND) > 1
    for one in FOUND:
        kept = json.loads(json.dumps(kept_evidence(one)))
        assert one.document[one.span] not in json.dumps(kept)
        found = found_again(kept, again)
        assert (found.role, dict(found.marks), found.document) == (one.role, dict(one.marks), one.document)


@pytest.mark.parametrize("text", [f"x{BRIDGE}", "short", BRIDGE.upper()])
def test_other_words_at_the_same_offsets_are_not_found(text: str) -> None:
    found = found_again(kept_evidence(FOUND[0]), tiny_chatbot(text).documents)
    assert found.document == Document("0.txt", "")


@pytest.mark.parametrize(
    "marks",
    [
        {},
        None,
        {"answer": [3]},
        {"answer": [5, 2]},
        {"answer": [-4, 2]},
        {"answer": ["x", 2]},
        {"sentence": [0, 1]},
    ],
)
def test_invalid_data_is_an_error(marks: object) -> None:
    with pytest.raises((AttributeError, LookupError, TypeError, ValueError)):
        found_again({**kept_evidence(FOUND[0]), "marks": marks}, BOT.documents)
