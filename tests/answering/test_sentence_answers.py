"""Sentences that answer broad questions: which are chosen, their order, and their confidence."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from qa.answering import Answerer
from qa.answering.sentence_answers import (
    LEAST_PROBABILITY,
    MOST_SENTENCES,
    JudgedSentence,
    LogisticModel,
    SentenceAnswer,
    SentenceChooser,
    choice,
)
from qa.chatbot import Chatbot
from qa.cli.output import describe
from qa.documents import Document, Span, document_sentences, text_document
from qa.errors import ModelError
from qa.index import Index, RelevantSentence
from qa.page.views.turns import turn_html
from qa.presentation import Turn, evidence, to_markdown
from qa.reader import WEIGHTS, Calibrator, Candidate
from qa.reader.features import FEATURES as SPAN_FEATURES
from qa.results import Answer, Citation, Passage, Reply
from qa.retrieval import HybridRetriever
from tests.helpers import INDIFFERENT, READER
from tests.page.dom import looks, texts
from tests.tiny_embedder import WordEmbedder

RISKS = text_document(
    "# Risks\n\nThe mud holds tin. A storm may break the pipe. Lunch is at noon.\n\n- noise\n- dust\n",
    name="a.md",
)
COSTS = text_document("The pipe may sink. It costs a million.\n", name="b.txt")
SENTENCES = [(document, span) for document in (RISKS, COSTS) for span in document_sentences(document)]


def relevant(document: Document, span: Span, rank: int = 1) -> RelevantSentence:
    return RelevantSentence(document, span, rank, similarity=0.4, words=0.5, headed=0.5)


def candidate(words: str, score: float) -> Candidate:
    """Return a candidate at the first occurrence of some words."""
    document = next(document for document in (RISKS, COSTS) if words in document.text)
    start = document.text.index(words)
    passage = Passage(document, Span(0, len(document.text)), 1.0, 1, 1)
    return Candidate(passage, Span(start, start + len(words)), score)


CANDIDATES = [
    candidate("tin", 6.0),
    candidate("sink", 5.0),
    candidate("break the pipe", 4.0),
    candidate("noise", 3.0),
    candidate("noon", -11.0),
]


def test_sentences_are_chosen_by_the_reader_and_put_in_reading_order() -> None:
    """With their best words marked, and without headings and sentences that the reader rejects."""
    chosen = SentenceChooser.load().choose([relevant(*one) for one in SENTENCES], CANDIDATES, 0.6)
    assert chosen is not None
    assert [(one.document[one.sentence], one.text) for one in chosen.sentences] == [
        ("The mud holds tin.", "tin"),
        ("A storm may break the pipe.", "break the pipe"),
        ("- noise", "noise"),
        ("The pipe may sink.", "sink"),
    ]
    assert chosen.best.text == "tin"
    less = SentenceChooser.load().choose([relevant(*one) for one in SENTENCES], CANDIDATES, 0.1)
    assert less is not None
    assert 0 < less.chance < chosen.chance < 1


def test_at_most_six_are_chosen_and_at_least_one() -> None:
    chooser = SentenceChooser.load()
    text = " ".join(f"The pipe {number} may sink." for number in range(10))
    many = Document("many.txt", text)
    passage = Passage(many, Span(0, len(text)), 1.0, 1, 1)
    spans = document_sentences(many)
    found = [Candidate(passage, span, 9.0) for span in spans]
    most = chooser.choose([relevant(many, span) for span in spans], found, 0.9)
    assert most is not None
    assert len(most.sentences) == MOST_SENTENCES
    unread = chooser.choose([relevant(many, span, rank=5) for span in spans], [], 0.0)
    assert unread is not None
    assert len(unread.sentences) == 1
    assert unread.chance < LEAST_PROBABILITY
    assert chooser.choose([], [], 0.0) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sentence": {"bias": 0, "weights": {"score": 1}}}'])
def test_damaged_weights_are_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "sentences.json"
    path.write_text(content)
    with pytest.raises(ModelError, match="install verbatim-qa again"):
        SentenceChooser.load(path)
    assert set(json.loads((WEIGHTS / "sentences.json").read_text())) == {"sentence", "chance"}


def answered(question: str, *documents: Document) -> Reply:
    embedder = WordEmbedder()
    retriever = HybridRetriever(Index.build(documents, embedder, size=20, overlap=5), embedder)
    return Chatbot(retriever, READER, INDIFFERENT).ask(question, min_confidence=0)


def test_a_broad_question_gets_whole_sentences_each_exact() -> None:
    reply = answered("Why may it sink?", RISKS, COSTS)
    assert reply.answer is not None
    assert reply.answer.evidence
    for one in reply.answer.evidence:
        assert one.sentence in document_sentences(one.document)
        assert one.sentence.contains(one.span)
    here = [one.span for one in reply.answer.evidence if one.document == reply.answer.evidence[0].document]
    assert all(before < after for before, after in pairwise(here))
    plain = reply.to_dict()["evidence"]
    assert [one["sentence"]["text"] for one in plain or []] == [
        one.document[one.sentence] for one in reply.answer.evidence
    ]
    assert answered("Who broke the pipe?", RISKS).to_dict()["evidence"] == []


@pytest.mark.parametrize(("taken", "expected"), [(5, 8), (4, 4)])
def test_a_list_that_is_mostly_chosen_is_completed(taken: int, expected: int) -> None:
    """Half of the steps may be the answer to another question."""
    document = text_document(
        "Do this:\n\n" + "".join(f"{n}. Step {n} is done.\n" for n in range(1, 9)), name="a.md"
    )
    steps = document_sentences(document)[1:]
    rated = [
        (0.9 if n < taken else 0.01, JudgedSentence(document, one, one, ())) for n, one in enumerate(steps)
    ]
    chosen, best = choice(rated)
    assert best.span == steps[0]
    assert {one.span for one in chosen} == set(steps[:expected])


@pytest.mark.parametrize(("bias", "has_sentences"), [(-3.0, False), (0.0, True)])
def test_sentences_come_first_only_if_they_are_likelier_than_the_best_span(
    bias: float, has_sentences: bool
) -> None:
    """The reasons of the span's confidence do not apply to them."""
    embedder = WordEmbedder()
    retriever = HybridRetriever(Index.build([RISKS, COSTS], embedder, size=20, overlap=5), embedder)
    none = np.zeros(len(SPAN_FEATURES))
    doubtful = Calibrator(none, -0.1, none, none + 1)
    chooser = SentenceChooser(SentenceChooser.load().sentence, LogisticModel((0.0, 0.0), bias))
    reply = Answerer(retriever, READER, doubtful, chooser).reply("Why may it sink?", 5, min_confidence=0)
    assert reply.answer is not None
    assert bool(reply.answer.evidence) == has_sentences
    assert bool(reply.answer.reasons) != has_sentences
    assert reply.confidence == max(one.confidence for one in (reply.answer, *reply.alternatives))


def test_a_yes_no_question_gets_the_sentence_that_decides_it() -> None:
    """Never yes or no: the sentence is quoted with its words marked."""
    reply = answered("May the pipe sink?", COSTS)
    assert reply.answer is not None
    (words,) = reply.answer.evidence
    assert reply.answer.span == reply.answer.sentence == words.sentence
    assert words.sentence.contains(words.span)
    lines = describe(reply).splitlines()
    assert lines[0].replace("[", "").replace("]", "") == reply.answer.text
    assert "[" in lines[0]


def told() -> SentenceAnswer:
    chosen = SentenceChooser.load().choose([relevant(*one) for one in SENTENCES], CANDIDATES, 0.6)
    assert chosen is not None
    return chosen


TOLD = told()
WHOLE = Answer(RISKS, TOLD.best.sentence, TOLD.best.sentence, 0.7, evidence=TOLD.sentences)


def test_sentences_are_shown_in_the_shell_on_the_page_and_in_exports() -> None:
    """In order and not numbered, since one of them is a list item with its own bullet or number."""
    reply = Reply("What are the risks?", WHOLE, (), ())
    lines = describe(reply).splitlines()
    assert lines[:2] == ["The mud holds [tin].", "  a.md:9-27"]
    assert sum("[" in line for line in lines) == 4
    page = turn_html(0, Turn("?", reply))
    assert texts(page, "ul.evidence mark.answer") == ["tin", "break the pipe", "noise", "sink"]
    assert [look["position"] for look in looks(page)] == [1, 2, 3, 4]
    shown = evidence(reply)
    assert [item.span for item in shown[1:]] == [one.span for one in TOLD.sentences]
    assert shown[1].role == "Sentence of the answer"
    saved = to_markdown([Turn("?", reply)])
    assert saved.count("\n> ") == 4
    assert "> The pipe may sink" in saved
    assert "break the pipe" in reply._repr_html_()


def test_a_confident_span_is_the_headline_above_its_sentences() -> None:
    span = replace(WHOLE, span=TOLD.best.span, confidence=0.9)
    reply = Reply("What are the risks?", span, (), ())
    assert not span.is_sentences
    assert describe(reply).splitlines()[:3] == ["tin", "", "The mud holds [tin]."]
    assert texts(turn_html(0, Turn("?", reply)), ".answer-text") == ["tin"]
    assert "**tin**" in to_markdown([Turn("?", reply)])
    assert Citation(RISKS, TOLD.best.span, TOLD.best.sentence) in span.evidence
