"""The corpora that confidence is fitted on: all together, article by article, page by page."""

from __future__ import annotations

import random

from training.calibrate import PAGE, close, corpora
from training.questions import Question, left_out
from training.unanswerable import Neighbours

ARTICLES = {"Mills": 13, "Ferries": 9, "Bells": 2}  # paragraphs of each
QUESTIONS = [
    Question("tests", title, f"What is number {number}?", f"{title} have a number {number}.", ())
    for title, paragraphs in ARTICLES.items()
    for number in range(paragraphs)
    for _ in range(2)
]


def test_a_paragraph_left_out_is_in_no_corpus_and_is_asked_about_all_the_same() -> None:
    """Each corpus holds what is kept of the paragraphs that it is asked about."""
    parts = corpora(QUESTIONS, len(QUESTIONS))
    for documents, asked in parts:
        held = "\n\n".join(document.text for document in documents).split("\n\n")
        assert sorted(held) == sorted({one.context for one in asked if not left_out(one.context)})
    assert any(left_out(one.context) for _, asked in parts for one in asked)


def test_everything_is_asked_of_one_corpus_then_of_articles_then_of_pages() -> None:
    """An article is a corpus if it has paragraphs enough; a page is one document of some of them."""
    (everything, asked), *rest = corpora(QUESTIONS, len(QUESTIONS))
    assert {one.title for one in asked} == set(ARTICLES)
    assert len(everything) == len({one.context for one in asked if not left_out(one.context)})
    articles = [part for part in rest if len({one.context for one in part[1]}) > PAGE]
    assert [{one.title for one in asked} for _, asked in articles] == [{"Mills"}, {"Ferries"}]
    pages = rest[len(articles) :]
    assert [len({one.context for one in asked}) for _, asked in pages] == [PAGE, PAGE, PAGE, PAGE - 1]
    assert all(len(documents) == 1 for documents, _ in pages)


def test_of_each_setting_about_as_many_questions_are_asked() -> None:
    """Shared among its corpora by how many questions there are of each."""
    (_, asked), *rest = corpora(QUESTIONS, 22)
    assert len(asked) == 22
    articles, pages = rest[:2], rest[2:]
    for group in (articles, pages):
        assert abs(sum(len(asked) for _, asked in group) - 22) <= len(group) / 2


def test_a_close_question_is_asked_of_the_same_context_and_has_no_answer() -> None:
    """It differs in a word, a name or a number; where there is nothing to change, there is none."""
    text = (
        "The king sold the castle to Piet Vander in 1822. The queen kept the palace of Hoogveld until 1901."
    )
    question = Question(
        "tests", "Crown", "When did the king sell the castle to Piet Vander?", text, ((43, 47),)
    )
    bare = Question("tests", "Crown", "Why?", text, ((43, 47),))
    seen = set()
    neighbours = Neighbours()
    for seed in range(12):
        (made,) = close([question, bare], neighbours, random.Random(seed))
        assert (made.context, made.answers) == (text, ())
        seen.add(made.text)
    assert question.text not in seen
    assert any("Hoogveld" in other for other in seen)
    assert any("queen" in other or "palace" in other for other in seen)
