"""The conversation: the answer where it belongs, silence as silence, errors as one line."""

from __future__ import annotations

import html
from dataclasses import replace

from qa.documents import Document, Span
from qa.errors import QuestionError
from qa.page.views.conversation import Finished, conversation_html, examples_html, finished
from qa.presentation import Turn, evidence
from qa.settings import DEFAULTS
from tests.helpers import asked, plain
from tests.replies import ANSWERED, HOSTILE, NOTHING, SILENT, TEXT, YEAR


def test_an_answer_is_shown_with_how_sure_it_is_its_sentence_and_its_source() -> None:
    """In this order; the source is a way into the reader, and so is each other place."""
    markup = conversation_html([Turn(ANSWERED.question, ANSWERED)])
    told = [
        '<h3 class="question">When did it burn down?</h3>',
        '<p class="said">1822</p>',
        '">Very likely</summary><p>Confidence 0.87: of such answers, about 87 in 100',
        'It burnt down in <mark class="answer">1822</mark>, on a Sunday.',
        "<cite>mill.txt</cite>",
        "also in 1 other place",
        "Copy quotation",
    ]
    assert [markup.index(part) for part in told] == sorted(markup.index(part) for part in told)
    assert asked(markup)[:2] == [{"turn": 0, "track": "evidence", "number": number} for number in (0, 1)]
    assert "not say" not in markup
    assert "Copy link" not in markup


def test_a_quotation_can_be_copied_and_so_can_a_link_to_a_web_page() -> None:
    """What is copied stands in the button, letter for letter."""
    text = 'He said: "1822 & no later".\n'
    answer = replace(
        YEAR, document=Document("p", text, url="https://a.example"), span=Span(10, 14), sentence=Span(0, 27)
    )
    markup = conversation_html([Turn("?", replace(ANSWERED, answer=answer))])
    copied = [html.unescape(part.split('"', 1)[0]) for part in markup.split('data-copy="')[1:]]
    address = "https://a.example#:~:text=He%20said%3A%20%221822%20%26%20no%20later%22."
    assert copied == [f"“{text.strip()}”\n— p, characters 10–14, {address}", address]


def test_other_candidates_are_folded_and_lead_to_their_own_place() -> None:
    """The number that a button asks for is that of the candidate in the evidence."""
    for reply, title in (
        (ANSWERED, "Other candidates (1)"),
        (SILENT, "Candidates that were turned down (1)"),
    ):
        markup = conversation_html([Turn("?", reply)])
        folded = markup[markup.index('<details class="others">') :]
        assert title in folded
        number = asked(folded)[0]["number"]
        shown = evidence(reply)[int(number)]
        assert shown.document[shown.span] == "the river"
    bare = replace(SILENT, passages=())
    number = asked(conversation_html([Turn("?", bare)]))[0]["number"]
    assert evidence(bare)[int(number)].document[evidence(bare)[int(number)].span] == "the river"


def test_silence_is_shown_as_silence() -> None:
    """It is said plainly, which words occur nowhere, and the closest passage is called what it is."""
    markup = conversation_html([Turn("?", ANSWERED), Turn(SILENT.question, SILENT)])
    silent = markup[markup.index("Who owned") :]
    assert "The text does not say." in silent
    assert "“waffle” and “iron” occur nowhere in the documents." in silent
    assert "Closest passage, not an answer" in silent
    assert plain(silent).count(TEXT[:64]) == 2  # as the passage, and among those that were read
    assert "<mark" not in silent
    assert asked(silent)[0] == {"turn": 1, "track": "evidence", "number": 0}
    one = conversation_html([Turn("?", replace(SILENT, missing_words=("waffle",)))])
    assert "“waffle” occurs nowhere in the documents." in one
    nothing = conversation_html([Turn("?", replace(NOTHING, missing_words=("waffle",)))])
    assert "There is no document to ask: add one first." in nothing
    assert "Closest" not in nothing
    assert "waffle" not in nothing


def test_a_raised_bar_is_not_called_silence() -> None:
    """What would be shown at the default is turned down by whoever asks for more, not by the text."""
    sure = replace(ANSWERED, answer=None, alternatives=(YEAR,))
    assert YEAR.confidence >= DEFAULTS.min_confidence
    assert "Nothing is as sure as you ask for." in conversation_html([Turn("?", sure)])


def test_what_is_announced_is_what_was_found() -> None:
    """Only of a finished turn: the answer and how sure, or silence and the missing words, or the error."""
    error = QuestionError('The question <b> is "too" long.')
    turns = [Turn("?", ANSWERED), Turn("?", SILENT), Turn("?", error), Turn("?", "Searching")]
    markup = conversation_html(turns)
    said = [html.unescape(part.split('"', 1)[0]) for part in markup.split('data-announce="')[1:]]
    assert said == [
        "1822. Very likely.",
        "The text does not say. “waffle” and “iron” occur nowhere in the documents.",
        'The question <b> is "too" long.',
    ]


def test_a_question_that_was_read_otherwise_says_how() -> None:
    """Under the question and to a screen reader; the question itself stands as it was typed."""
    reply = replace(ANSWERED, question="Wen <did> it?", read_as="When <did> it?")
    markup = conversation_html([Turn("Wen <did> it?", reply), Turn("?", SILENT)])
    assert plain(markup).startswith("Wen <did> it?Read as: When <did> it?1822")
    assert 'data-announce="Read as: When &lt;did&gt; it? 1822. Very likely."' in markup
    assert markup.count("Read as") == 2


def test_an_error_is_one_clear_line_and_work_says_how_far_it_is() -> None:
    """Its words are shown as they are."""
    error = QuestionError("The question <b> is too long: ask it in fewer words.")
    markup = conversation_html([Turn(HOSTILE, error), Turn("next", "Reading 5 passages")])
    assert '<p class="notice">The question &lt;b&gt; is too long: ask it in fewer words.</p>' in markup
    assert plain(markup).startswith(HOSTILE)
    assert plain(markup).endswith("nextReading 5 passages...")


def test_readers_are_asked_only_where_it_is_kept() -> None:
    """An answer can be right, wrong, out of place or too much; silence right or wrong."""
    turns = [Turn("?", ANSWERED), Turn("?", SILENT)]
    assert "data-verdict" not in conversation_html(turns)
    markup = conversation_html(turns, rated=True)
    verdicts = [part.split('"', 1)[0] for part in markup.split('data-verdict="')[1:]]
    assert verdicts == ["right", "wrong", "wrong place", "should not know", "right", "wrong"]


def test_a_finished_turn_keeps_its_html() -> None:
    """It is what it would be if it were made anew, and is not."""
    turns = [Turn("?", ANSWERED), Turn("?", SILENT)]
    for rated in (False, True):
        kept = [finished(number, turn, rated=rated) for number, turn in enumerate(turns)]
        assert conversation_html(kept, rated=rated) == conversation_html(turns, rated=rated)
    assert conversation_html([Finished("?", ANSWERED, "<p>kept</p>")]) == "<p>kept</p>"


def test_questions_to_try_are_buttons() -> None:
    """Each asks its own question; without any there is nothing."""
    markup = examples_html(['Who is "A & B"?', HOSTILE], open=True)
    asks = [html.unescape(part.split('"', 1)[0]) for part in markup.split('data-ask="')[1:]]
    assert asks == ['Who is "A & B"?', HOSTILE]
    assert '<details class="examples" open>' in markup
    assert " open" not in examples_html(["?"], open=False)
    assert examples_html([], open=True) == ""
