from __future__ import annotations

import json
from dataclasses import replace

from qa.documents import Document, Span
from qa.page.views.conversation import reply_html
from qa.page.views.turns import ShownTurn, row_of, turn_html
from qa.presentation import Turn, evidence
from qa.results import Answer, Reply
from qa.settings import DEFAULTS
from tests.page.dom import attributes, count, looks, one, texts
from tests.replies import ANSWERED, BROAD, NOTHING, PERHAPS, RIVER, SILENT, YEAR

NOT_FOUND = "I found no answer. Try the document's own words; the nearest I found:"
MISSING = "These documents do not contain “waffle” or “iron”: try synonyms."


def shown(*replies: Reply) -> str:
    return "".join(turn_html(number, Turn(reply.question, reply)) for number, reply in enumerate(replies))


def test_an_answer_is_shown_with_its_confidence_its_sentence_and_its_source() -> None:
    """In this order. The source opens the document, and so does the button for other places."""
    markup = shown(ANSWERED)
    assert texts(markup, "h3.question, .answered > *:not(.fold), .row .from")[:5] == [
        "When did it burn down?",
        "1822",
        "Very likelyConfidence 0.87: of such answers, about 87 in 100 are right.",
        "It burnt down in 1822, on a Sunday.",
        "Show in the text: mill.txtalso in 1 other place",
    ]
    assert texts(markup, "blockquote mark.answer") == ["1822"]
    assert looks(markup)[:2] == [
        {"turn": 0, "track": "evidence", "position": position} for position in (0, 1)
    ]
    assert count(markup, ".silent") == 0
    named = texts(markup, ".actions button") + attributes(markup, "aria-label")
    assert named == ["", "", "", "Copy quotation", "Other candidates (1)", "Why this answer"]
    assert attributes(markup, "aria-controls") == ["turn-0-others", "turn-0-why"]
    assert count(markup, ".fold[hidden]") == 2


def test_a_quotation_can_be_copied_and_so_can_a_link_to_a_web_page() -> None:
    """The button holds the exact text to copy."""
    text = 'He said: "1822 & no later".\n'
    answer = replace(
        YEAR, document=Document("p", text, url="https://a.example"), span=Span(10, 14), sentence=Span(0, 27)
    )
    address = "https://a.example#:~:text=He%20said%3A%20%221822%20%26%20no%20later%22."
    assert attributes(shown(replace(ANSWERED, answer=answer)), "data-copy") == [
        f"“{text.strip()}”\n— p, characters 10–14, {address}",
        address,
    ]


def test_other_candidates_are_folded_and_open_their_own_place() -> None:
    """The position that a button sends is the candidate's position in the evidence."""
    for reply, title in (
        (ANSWERED, "Other candidates (1)"),
        (SILENT, "Rejected candidates (1)"),
        (replace(SILENT, passages=()), "Rejected candidates (1)"),
    ):
        markup = shown(reply)
        assert texts(markup, ".others h4") == [title]
        target = json.loads(str(one(markup, ".others [data-look]").attributes["data-look"]))
        candidate = evidence(reply)[target["position"]]
        assert candidate.document[candidate.span] == "the river"


def test_without_an_answer_the_nearest_passage_is_shown() -> None:
    """Its best sentence, without a card. Words that no document contains are named."""
    markup = shown(SILENT)
    assert texts(markup, ".silent") == [NOT_FOUND]
    assert texts(markup, ".missing") == [MISSING]
    assert texts(markup, ".nothing blockquote.nearest") == ["It burnt down in 1822, on a Sunday."]
    assert count(markup, "mark") == 0
    assert looks(markup)[0] == {"turn": 0, "track": "evidence", "position": 0}
    alone = shown(replace(SILENT, missing_words=("waffle",)))
    assert texts(alone, ".missing") == ["These documents do not contain “waffle”: try a synonym."]
    nothing = shown(replace(NOTHING, missing_words=("waffle",)))
    assert texts(nothing, ".reply > p") == ["There are no documents yet: add one first."]


def test_a_guess_is_shown_as_such_with_its_rivals() -> None:
    """Each rival opens its own place. The fold below lists the rivals too."""
    markup = shown(PERHAPS)
    assert texts(markup, ".reply > p")[:2] == ["I am not sure. Perhaps:", "1822"]
    assert texts(markup, ".confidence.perhaps > summary")[0] == "Perhaps"
    assert texts(markup, ".rivals .link") == ["the river"]
    assert texts(markup, ".rivals mark.answer") == ["the river"]
    target = json.loads(str(one(markup, ".rivals [data-look]").attributes["data-look"]))
    assert evidence(PERHAPS)[target["position"]].span == RIVER.span
    whole = replace(RIVER, span=RIVER.sentence)
    markup = shown(replace(PERHAPS, alternatives=(whole,)))
    assert texts(markup, ".rivals li") == ["Or: The mill stood by the river."]


def test_an_answer_that_is_nearly_as_likely_is_shown_too() -> None:
    """If it is of the same kind: a number with a number, a name with a name."""
    near = replace(YEAR, confidence=0.8)
    inside = replace(near, span=Span(46, 48))
    name = replace(near, span=Span(4, 8), sentence=Span(0, 28))
    for other in (inside, name):
        assert count(shown(replace(ANSWERED, alternatives=(other,))), ".rivals") == 0
    named = replace(ANSWERED, answer=replace(YEAR, span=Span(18, 27), sentence=Span(0, 28)))
    (item,) = texts(shown(replace(named, alternatives=(name,))), ".rivals li")
    assert item.startswith("Or, nearly as likely: mill")
    far = replace(name, confidence=0.7)
    assert count(shown(replace(named, alternatives=(far,))), ".rivals") == 0


def test_a_raised_threshold_makes_an_answer_a_guess() -> None:
    rejected = replace(ANSWERED, answer=None, perhaps=YEAR)
    assert YEAR.confidence >= DEFAULTS.min_confidence
    assert texts(shown(rejected), ".lead") == ["Nothing reaches the confidence that you asked for. Perhaps:"]


def test_a_list_that_is_the_answer_is_shown_once() -> None:
    """With the surrounding sentence, if that says more."""
    text = "Bring a hat, a coat and a map.\n- a hat\n- a coat\n"
    document, whole = Document("list.txt", text), Span(31, len(text) - 1)
    items = (Span(33, 38), Span(41, 47))
    answer = Answer(document, whole, whole, 0.9, items=items)
    markup = shown(replace(ANSWERED, answer=answer))
    assert texts(markup, ".answer-text > li") == ["a hat", "a coat"]
    assert count(markup, ".reply > blockquote") == 0
    markup = shown(replace(ANSWERED, answer=replace(answer, sentence=Span(0, whole.end))))
    assert count(markup, ".reply > blockquote") == 1


def test_a_row_of_a_table_is_shown_as_cells_with_headings() -> None:
    """In a broad answer and as the nearest passage; without bars, also for screen readers."""
    markup = shown(BROAD)
    assert texts(markup, ".evidence dt") == ["Risk", "Likelihood"] * 2
    assert texts(markup, ".evidence dd") == ["Ice", "high", "A <hot> fire", "low"]
    assert texts(markup, ".evidence mark.answer") == ["Ice", "A <hot> fire"]
    assert "|" not in one(markup, ".evidence").text()
    announced = row_of(ShownTurn(Turn(BROAD.question, BROAD), 0), rated=False)["announce"]
    assert announced == "Risk: Ice; Likelihood: high. Very likely."
    assert texts(shown(replace(BROAD, answer=None)), ".nearest dd") == ["A <hot> fire", "low"]


def test_readers_are_asked_for_verdicts_only_if_these_are_stored() -> None:
    """An answer can be right, wrong, from the wrong place or unwanted; "not found" right or wrong."""
    assert count(reply_html(0, ANSWERED) + reply_html(1, SILENT), "[data-rate]") == 0
    both = reply_html(0, ANSWERED, rated=True) + reply_html(1, SILENT, rated=True)
    targets = map(json.loads, attributes(both, "data-rate"))
    assert [(target["turn"], target["verdict"]) for target in targets] == [
        (0, "right"),
        (0, "wrong"),
        (0, "wrong place"),
        (0, "should not know"),
        (1, "right"),
        (1, "wrong"),
    ]
    assert count(both, ".more-verdicts[hidden] [data-rate]") == 2
