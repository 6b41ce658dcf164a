"""Candidates to answers: what counts as the same answer, and how evidence changes the probability."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qa.documents import Document, Span
from qa.errors import ModelError
from qa.reader import Calibrator, Candidate
from qa.reader.features import EVIDENCE, FEATURES, MAX_ANSWERS, different_answers, features
from qa.results import Passage

TEXT = "In 1932 Anna Lund opened the bridge. Anna  lund was mayor. It cost four million crowns."
DOCUMENT = Document("bridge.txt", TEXT)


def candidate(words: str, score: float, *, nth: int = 1, rank: int | None = 1) -> Candidate:
    """Return the `nth` occurrence of `words`, in a passage that is the whole text."""
    start = -1
    for _ in range(nth):
        start = TEXT.index(words, start + 1)
    passage = Passage(DOCUMENT, Span(0, len(TEXT)), 1.0, rank, rank)
    return Candidate(passage, Span(start, start + len(words)), score)


def passages(*candidates: Candidate) -> list[Passage]:
    """Return the candidates' passages, in order."""
    return list(dict.fromkeys(one.passage for one in candidates))


def far(words: str, score: float) -> Candidate:
    """Return a candidate in the only passage of another document that says the same."""
    start = TEXT.index(words)
    passage = Passage(Document("far.txt", TEXT), Span(0, len(TEXT)), 0.1, 9, 9)
    return Candidate(passage, Span(start, start + len(words)), score)


def grouped(*candidates: Candidate) -> list[list[Candidate]]:
    """Return the different answers, with all passages among the first."""
    return different_answers(passages(*candidates), candidates)


def feature(name: str, groups: list[list[Candidate]], row: int = 0) -> float:
    """Return one named feature of one answer, with all passages among the first."""
    everything = passages(*(one for group in groups for one in group))
    return float(features(everything, groups)[row, FEATURES.index(name)])


def calibrator(**weights: float) -> Calibrator:
    """Return a calibrator that uses only the given features."""
    return Calibrator(
        np.array([weights.get(name, 0.0) for name in FEATURES]),
        0.0,
        np.zeros(len(FEATURES)),
        np.ones(len(FEATURES)),
    )


def test_equal_words_at_several_places_are_one_answer() -> None:
    """Case and spacing do not make another answer; the best place represents all."""
    groups = grouped(candidate("Anna Lund", 5), candidate("1932", 4), candidate("Anna  lund", 3))
    assert [[one.text for one in group] for group in groups] == [["Anna Lund", "Anna  lund"], ["1932"]]


def test_the_same_in_other_words_at_another_place_is_one_answer_and_supports_it() -> None:
    alone = grouped(candidate("Anna Lund", 5), candidate("1932", 4))
    groups = grouped(candidate("Anna Lund", 5), candidate("1932", 4), far("Lund", 4.5))
    assert [[one.text for one in group] for group in groups] == [["Anna Lund", "Lund"], ["1932"]]
    assert feature("support", groups) > feature("support", alone)
    assert feature("lead", groups) == 1.0


def test_variants_of_a_better_span_are_left_out() -> None:
    """A candidate that overlaps a better one is no alternative to it."""
    groups = grouped(candidate("Anna Lund", 5), candidate("1932 Anna Lund", 4), candidate("Lund", 3))
    assert [group[0].text for group in groups] == ["Anna Lund"]


def test_only_so_many_answers_are_considered() -> None:
    """The rest could not win and would take time."""
    words = [word.strip(".") for word in dict.fromkeys(TEXT.split())]
    groups = grouped(*(candidate(word, -number) for number, word in enumerate(words)))
    assert len(groups) == MAX_ANSWERS


def test_lead_is_over_the_best_different_answer() -> None:
    """The lead of the first is the lag of the second; a single answer has the maximum lead."""
    groups = [[candidate("Anna Lund", 5)], [candidate("1932", 3)]]
    assert feature("lead", groups, 0) == 2
    assert feature("lead", groups, 1) == -2
    assert feature("lead", groups[:1]) == 12


def test_evidence_of_several_places_adds_up() -> None:
    """Two equally certain places support an answer by log 2, a single one by nothing."""
    assert feature("support", [[candidate("Anna Lund", 5)]]) == 0
    twice = [[candidate("Anna Lund", 5), candidate("Anna  lund", 5)]]
    assert feature("support", twice) == pytest.approx(np.log(2))


def test_candidates_that_do_not_matter_move_nothing() -> None:
    """A probability does not change when many hopeless candidates are added."""
    weighed = calibrator(score=0.5, lead=0.5, support=1.0)
    few = [candidate("Anna Lund", 6), candidate("1932", 1)]
    many = few + [candidate(word, -8) for word in ("bridge", "mayor", "cost", "crowns", "four")]
    before, after = (weighed.scored_answers(passages(*given), given)[0].probability for given in (few, many))
    assert after == pytest.approx(before, abs=0.02)


def test_passages_beyond_the_first_change_no_chance_of_an_answer_in_them() -> None:
    """They can add an answer, but neither support nor rival the answers of the first passages."""
    first = [candidate("Anna Lund", 6), candidate("1932", 1)]
    filler = [Passage(Document(str(number), "-"), Span(0, 1), 0.5, 2, 2) for number in range(EVIDENCE - 1)]
    read = [*passages(*first), *filler]
    more = [far("mayor", 9), *first, far("Anna Lund", 5), far("1932", 8)]
    packaged = Calibrator.load()
    before = {one.candidate.text: one for one in packaged.scored_answers(read, first)}
    after = {
        one.candidate.text: one
        for one in packaged.scored_answers([*read, more[0].passage], sorted(more, key=lambda one: -one.score))
    }
    assert after.keys() == before.keys() | {"mayor"}
    for text, scored in before.items():
        assert (after[text].candidate, after[text].reasons) == (scored.candidate, scored.reasons)
        assert after[text].probability == scored.probability


def test_missing_ranks_are_the_lowest() -> None:
    """A passage that a ranking did not find is below all that it found."""
    ranks = (1, 4, None)
    found = [feature("vector_rank", [[candidate("1932", 1, rank=rank)]]) for rank in ranks]
    assert found == [1, 0.25, 0]


def test_a_passage_is_held_against_the_others_of_the_first() -> None:
    """Its lead is over the mean of their scores; later passages do not count, and missing ones count as 0."""
    answer, other = candidate("1932", 1), far("mayor", 0)  # of passages that score 1.0 and 0.1
    filler = [Passage(Document(str(number), "-"), Span(0, 1), 0.3, 2, 2) for number in range(9)]

    def leads(*read: Passage) -> list[float]:
        rows = features(read, [[answer], [other]])
        return list(rows[:, FEATURES.index("relevance_lead")])

    assert leads(answer.passage, other.passage) == pytest.approx([0.975, -0.15])
    assert leads(answer.passage, other.passage, *filler[:3]) == pytest.approx([0.75, -0.375])
    assert leads(answer.passage, other.passage, *filler) == pytest.approx([0.75, -0.375])
    assert leads(answer.passage, *filler, other.passage) == pytest.approx([0.7, -0.375])
    assert feature("relevance_lead", [[answer]]) == 1


def test_the_likeliest_answer_comes_first_whatever_its_score() -> None:
    """The order is that of the probabilities, which are between 0 and 1."""
    candidates = [candidate("the bridge", 5, rank=9), candidate("Anna Lund", 4)]
    scored_answers = calibrator(score=0.1, lexical_rank=5.0).scored_answers(passages(*candidates), candidates)
    assert [scored.candidate.text for scored in scored_answers] == ["Anna Lund", "the bridge"]
    assert all(0 < scored.probability < 1 for scored in scored_answers)


def test_an_opinion_tells_its_other_places_and_what_made_its_chance() -> None:
    """All features and the bias add up to the log-odds of the probability."""
    candidates = [candidate("Anna Lund", 5), candidate("1932", 4), candidate("Anna  lund", 3)]
    packaged = Calibrator.load()
    scored, other = packaged.scored_answers(passages(*candidates), candidates)
    assert (scored.candidate, scored.others) == (candidates[0], (candidates[2],))
    assert other.others == ()
    assert tuple(reason.feature for reason in scored.reasons) == FEATURES
    for one in (scored, other):
        told = sum(reason.log_odds for reason in one.reasons)
        assert told + packaged.bias == pytest.approx(np.log(one.probability / (1 - one.probability)))
    alone = calibrator(score=0.5).scored_answers(passages(candidates[0]), candidates[:1])[0]
    assert {reason.feature: reason.log_odds for reason in alone.reasons if reason.log_odds} == {"score": 2.5}


def test_nothing_to_judge() -> None:
    """Without candidates there are no answers."""
    assert calibrator().scored_answers([], []) == []


def test_packaged_calibrator_prefers_a_sure_reader() -> None:
    """All else being equal, a higher score gives a higher probability."""
    packaged = Calibrator.load()
    low, high = (
        packaged.scored_answers(passages(one), [one])[0].probability
        for one in (candidate("Anna Lund", -4), candidate("Anna Lund", 8))
    )
    assert low < high


def test_a_saved_calibrator_is_the_same(tmp_path: Path) -> None:
    """Saved and loaded, it gives the same probabilities."""
    path = tmp_path / "confidence.json"
    packaged = Calibrator.load()
    packaged.save(path)
    rows = np.random.default_rng(0).normal(size=(5, len(FEATURES)))
    assert (Calibrator.load(path).probabilities(rows) == packaged.probabilities(rows)).all()


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"features": ["score"]})])
def test_damaged_or_foreign_calibrators_are_refused(tmp_path: Path, content: str) -> None:
    """Weights for other features would give confident nonsense."""
    path = tmp_path / "confidence.json"
    path.write_text(content)
    with pytest.raises(ModelError, match="install verbatim-qa again"):
        Calibrator.load(path)
