"""The corpora that confidence is fitted on, and the fit."""

from __future__ import annotations

import numpy as np

from qa.reader.features import FEATURES
from training.calibrate import LEFT_OUT_IN, PAGE, Observations, Part, corpora, crossed, fit, shown
from training.questions import Question, digest

ARTICLES = {"Mills": 13, "Ferries": 9, "Bells": 2}  # paragraphs of each
QUESTIONS = [
    Question("tests", title, f"What is number {number}?", f"{title} have a number {number}.", ())
    for title, paragraphs in ARTICLES.items()
    for number in range(paragraphs)
    for _ in range(2)
]
CONTEXTS = {question.context for question in QUESTIONS}


def held(part: Part) -> set[str]:
    """The paragraphs of a corpus."""
    return set("\n\n".join(document.text for document in part[0]).split("\n\n"))


def settings(most: int) -> tuple[Part, list[Part], list[Part], list[Part]]:
    """The large corpus, articles, pages and single paragraphs."""
    whole, *rest = corpora(QUESTIONS, most)
    notes = [part for part in rest if len({one.context for one in part[1]}) == 1]
    articles = [part for part in rest if len({one.context for one in part[1]}) > PAGE]
    return whole, articles, [part for part in rest if part not in notes and part not in articles], notes


def test_a_third_of_the_paragraphs_is_asked_about_and_not_there() -> None:
    """But where a single paragraph is the corpus."""
    whole, articles, pages, notes = settings(2 * len(QUESTIONS))
    for part in (whole, *articles, *pages):
        asked = {one.context for one in part[1]}
        assert held(part) == {context for context in asked if digest(context) % LEFT_OUT_IN}
    left_out = CONTEXTS - held(whole)
    assert 0 < len(left_out) < len(CONTEXTS) / 2
    assert all(held(part) == {one.context for one in part[1]} for part in notes)


def test_all_is_asked_of_one_corpus_of_articles_of_pages_and_of_paragraphs() -> None:
    """An article or page is a corpus if it has paragraphs enough; a page is one document."""
    whole, articles, pages, notes = settings(len(QUESTIONS))
    assert {one.article for one in whole[1]} == set(ARTICLES)
    assert [{one.article for one in asked} for _, asked in articles] == [{"Mills"}, {"Ferries"}]
    assert all(len(documents) == 1 for documents, _ in pages)
    assert [len({one.context for one in asked}) for _, asked in pages] == [PAGE, PAGE, PAGE, PAGE - 1]
    assert len(notes) == len(CONTEXTS)


def observed(*, articles: int = 50) -> Observations:
    """Two answers to each of four questions of every article; the first feature tells right from wrong."""
    rng = np.random.default_rng(0)
    n = 8 * articles
    rows = rng.normal(size=(n, len(FEATURES)))
    rows[:, 3] = 2.0  # of no spread
    rights = rows[:, 0] + rng.normal(size=n) > 0
    names = np.repeat([f"Article {number}" for number in range(articles)], 8)
    return Observations(rows, rights, np.repeat(np.arange(n // 2), 2), names, np.array(["tests"] * n))


def test_the_fit_finds_what_tells_right_from_wrong() -> None:
    seen = observed()
    everything = np.ones(len(seen.rows), np.bool_)
    model = fit(seen, everything)
    assert model.weights[0] > 1
    assert np.abs(model.weights[1:]).max() < 0.5
    assert abs(model.probabilities(seen.rows).mean() - seen.rights.mean()) < 0.01


def test_a_feature_left_out_weighs_nothing() -> None:
    seen = observed()
    blind = fit(seen, np.ones(len(seen.rows), np.bool_), without=0)
    assert np.ptp(blind.probabilities(seen.rows * [1, *[0] * (len(FEATURES) - 1)])) == 0


def test_crossed_probabilities_tell_articles_that_were_not_fitted_to() -> None:
    """Almost as well as the fit; of answers that nothing tells apart, no better than chance."""
    seen = observed()
    values = crossed(seen)
    assert values[seen.rights].mean() > values[~seen.rights].mean() + 0.2
    blind = crossed(seen, without=0)
    assert abs(blind[seen.rights].mean() - blind[~seen.rights].mean()) < 0.05


def test_of_each_question_the_best_answer_is_shown() -> None:
    values = np.array([0.2, 0.9, 0.5, 0.4, 0.7])
    assert shown(values, np.array([0, 0, 1, 1, 2])).tolist() == [1, 2, 4]
