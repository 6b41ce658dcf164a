"""Questions on events for training: they name who and what, and ask for no more than is known to be said."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

from training.events import events, filled, turned, unsaid
from training.questions import Question, held_out

SENTENCE = "On Monday Ban assigned two managers to the review , which was finished in May ."
RUN = ("The Wellwood mill was sold .", SENTENCE, "Nobody from the town was asked .")


def _of_verb(*asked: tuple[str, str], article: str = "wikinews:1", verb: int = 3) -> list[Question]:
    """Questions in the form of QA-SRL on one verb of `SENTENCE`, each with its answer."""
    return [
        Question(
            "qasrl_gs", "wikinews", text, SENTENCE,
            ((SENTENCE.index(answer), SENTENCE.index(answer) + len(answer)),),
            f"qasrlgs-Wiki1k:{article}:0:1-{verb}-{number}",
        )
        for number, (text, answer) in enumerate(asked)
    ]  # fmt: skip


def _line(question: Question) -> str:
    """The question as a file has it."""
    answers = {"text": question.words, "answer_start": [start for start, _ in question.answers]}
    row = {"id": question.id, "title": question.title, "question": question.text, "context": question.context}
    return json.dumps(row | {"answers": answers}) + "\n"


ASSIGNED = (
    ("Who assigned someone?", "Ban"),
    ("Who did someone assign?", "two managers"),
    ("When did someone assign someone?", "On Monday"),
    ("What was someone assigned to?", "the review"),
)


def test_questions_of_a_verb_fill_one_another() -> None:
    """Who does it where it is done, what it is done to where it is suffered; never the answer itself."""
    told = {question.text: question.answers for question in filled(_of_verb(*ASSIGNED))}
    assert list(told) == [
        "Who did Ban assign?",
        "When did Ban assign two managers?",
        "What was two managers assigned to?",
    ]
    (answer,) = told["When did Ban assign two managers?"]
    assert SENTENCE[slice(*answer)] == "On Monday"
    finished = _of_verb(("What was finished?", "which"), ("When was something finished?", "in May"))
    assert [question.text for question in filled(finished)] == ["What was finished?"], "a pronoun is no name"


def test_what_a_verb_is_not_asked_is_not_said() -> None:
    """The question word is one that no question of the verb has; the rest is theirs."""
    for seed in range(20):
        question = unsaid(_of_verb(*ASSIGNED), random.Random(seed))
        assert question is not None
        word, rest = question.text.split(" ", 1)
        assert word in {"Where", "Why", "How"}
        assert rest == "did Ban assign two managers?"
        assert not question.answers
    everything = [
        (f"{word} did someone assign someone?", "On Monday") for word in ("When", "Where", "Why", "How")
    ]
    assert unsaid(_of_verb(*ASSIGNED, *everything), random.Random(0)) is None
    assert unsaid(_of_verb(ASSIGNED[0]), random.Random(0)) is None, "nothing to ask it of"


def test_a_verb_never_asked_when_is_asked_of_its_object() -> None:
    """Where no question of it asks for time, place, reason or way, that for the object lends its words."""
    question = unsaid(_of_verb(*ASSIGNED[:2]), random.Random(0))
    assert question is not None
    assert question.text.split(" ", 1)[1] == "did Ban assign two managers?"


def test_sides_of_a_verb_change_places() -> None:
    """Each question for a side names its own answer in the other's place; of one side alone none is made."""
    made = turned(_of_verb(*ASSIGNED))
    assert [question.text for question in made] == ["Who assigned Ban?", "Who did two managers assign?"]
    assert not any(question.answers for question in made)
    assert turned(_of_verb(*ASSIGNED[1:])) == [], "nobody is known to do it"
    pronoun = _of_verb(("What finished something?", "which"), *ASSIGNED[:2])
    assert len(turned(pronoun)) == 2, "a pronoun names nobody"


def test_events_stand_among_the_sentences_of_their_article(tmp_path: Path) -> None:
    """In order, the answer where it was; some are asked of the article without their sentence.

    Of an article that is kept from training nothing is asked.
    """
    kept, apart = (
        next(name for n in range(99) if held_out(name := f"wikinews:{n}") is side) for side in (False, True)
    )
    of_sentences = [
        Question(
            "qadiscourse", "wikinews", "In what manner was it sold?", sentence, ((0, 3),),
            f"qadisc-Wiki1k:{name}:0:{number}-{number}",
        )
        for name in (kept, apart)
        for number, sentence in enumerate(RUN)
    ]  # fmt: skip
    of_verbs = [one for name in (kept, apart) for one in _of_verb(*ASSIGNED, article=name)]
    for source, questions in (("qadiscourse", of_sentences), ("qasrl_gs", of_verbs), ("qanom", [])):
        with gzip.open(tmp_path / f"{source}.jsonl.gz", "wt", encoding="utf-8") as target:
            target.writelines(_line(question) for question in questions)
    passes = [events(tmp_path, seed) for seed in range(60)]
    assert max(map(len, passes)) <= 3 + 3 + 1 + 2
    seen = [example for examples in passes for example in examples]
    found = {
        (example.question.rstrip("?"), example.contexts[0][slice(*example.answers[0])])
        for example in seen
        if example.answers
    }
    assert ("When did Ban assign two managers", "On Monday") in found
    contexts = {example.contexts[0] for example in seen if example.answers}
    assert all(context in " ".join(RUN) for context in contexts)
    assert " ".join(RUN) in contexts
    silent = [example for example in seen if not example.answers]
    asked_of_the_rest = [example for example in silent if SENTENCE not in example.contexts[0]]
    assert any(example.question.startswith("When did Ban") for example in asked_of_the_rest)
    of_sentence = {
        example.question.rstrip("?").split(" ", 1)[0]
        for example in silent
        if SENTENCE in example.contexts[0] and "Ban" in example.question
    }
    assert of_sentence == {"Where", "Why", "How", "Who"}, "not said, or of the other side"
