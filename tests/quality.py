"""The regression bar on questions that people ask: `make quality`, minutes long, not part of `make test`.

Nothing is ever fitted to these questions, see tests/gold/README.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.chatbot import Chatbot
from qa.documents import load_document
from qa.evaluation import Evaluation, Outcome, load_gold

GOLD = Path(__file__).parent / "gold"
SHIPPED = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="session")
def outcomes() -> list[Outcome]:
    """What became of every question, each asked of its own article alone."""
    found: list[Outcome] = []
    for questions in sorted(GOLD.glob("*/questions.csv")):
        folder = SHIPPED if questions.parent.name == "article" else questions.parent
        documents = [load_document(path) for path in folder.iterdir() if path.suffix in {".txt", ".md"}]
        evaluation = Evaluation.of_chatbot(
            Chatbot.from_documents(documents), load_gold(questions), abstain=True
        )
        found += evaluation.outcomes
    return found


def missed(outcomes: list[Outcome]) -> str:
    """The questions that went wrong, a line each."""
    return "\n".join(
        f"  {one.verdict}: {one.gold.question!r} -> {one.best!r} ({one.confidence:.2f})"
        for one in outcomes
        if not one.verdict.startswith("right")
    )


def test_most_answers_that_are_there_are_given(outcomes: list[Outcome]) -> None:
    """At least 85% of the questions that an article answers are answered rightly."""
    answerable = [one for one in outcomes if one.gold.answers]
    share = sum(one.verdict == "right" for one in answerable) / len(answerable)
    print(f"\nanswered rightly: {share:.1%} of {len(answerable)}\n{missed(answerable)}")
    assert share >= 0.85


def test_silence_where_the_article_is_silent(outcomes: list[Outcome]) -> None:
    """At most 10% of the questions that an article does not answer are answered."""
    silent = [one for one in outcomes if not one.gold.answers]
    share = sum(one.shown for one in silent) / len(silent)
    print(f"\nanswered though not in the text: {share:.1%} of {len(silent)}\n{missed(silent)}")
    assert share <= 0.10
