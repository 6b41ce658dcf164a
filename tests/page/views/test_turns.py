from __future__ import annotations

import json
from dataclasses import replace

from qa.errors import QuestionError
from qa.page.views.turns import ShownTurn, examples_html, latest_html, row_of, turn_html
from qa.presentation import Turn, to_json, to_markdown
from tests.page.dom import attributes, count, plain, texts
from tests.page.views.test_conversation import MISSING, NOT_FOUND
from tests.replies import ANSWERED, HOSTILE, PERHAPS, SILENT


def test_only_finished_turns_are_announced() -> None:
    """The answer with its confidence, the nearest sentence with the missing words, or the error."""
    error = QuestionError('The question <b> is "too" long.')
    turns = [Turn("?", ANSWERED), Turn("?", SILENT), Turn("?", error), Turn("?", "Searching")]
    rows = [row_of(ShownTurn(turn, number)) for number, turn in enumerate(turns)]
    assert [row["announce"] for row in rows] == [
        "1822. Very likely.",
        f"{NOT_FOUND} It burnt down in 1822, on a Sunday. {MISSING}",
        'The question <b> is "too" long.',
        None,
    ]
    assert [row["saved"] is None for row in rows] == [False, False, False, True]


def test_a_question_that_was_read_differently_says_how() -> None:
    """Under the question and to screen readers. The question itself stays as typed."""
    reply = replace(ANSWERED, question="Wen <did> it?", read_as="When <did> it?")
    row = row_of(ShownTurn(Turn(reply.question, reply), 0))
    assert texts(row["html"], ".question") == ["Wen <did> it?"]
    assert texts(row["html"], ".read-as") == ["Read as: When <did> it? as typed"]
    assert row["announce"] == "Read as: When <did> it? 1822. Very likely."


def test_an_error_is_one_line_and_returns_the_question() -> None:
    error = QuestionError("The question <b> is too long: ask it in fewer words.")
    row = row_of(ShownTurn(Turn(HOSTILE, error), 0, "asked"))
    assert texts(row["html"], ".notice") == [str(error)]
    assert plain(row["html"]).startswith(HOSTILE)
    assert (row["refused"], row["asked"]) == (HOSTILE, "asked")
    assert texts(turn_html(1, Turn("next", "Reading 5 passages")), ".progress") == ["Reading 5 passages..."]


def test_turns_are_saved_as_the_files_are_written() -> None:
    """Joined by the browser, they are the output of `to_markdown` and `to_json`."""
    turns = [Turn("?", ANSWERED), Turn("?", SILENT), Turn("?", PERHAPS), Turn("?", QuestionError("no"))]
    rows = [row_of(ShownTurn(turn, number))["saved"] for number, turn in enumerate(turns)]
    words = ["# Questions and answers", *(row["markdown"] for row in rows)]
    assert "\n".join(words) + "\n" == to_markdown(turns)
    assert [json.loads(row["json"]) for row in rows] == json.loads(to_json(turns))


def test_turns_reach_the_browser_unchanged() -> None:
    """They are sent as data: nothing is markup until conversation.js inserts it."""
    markup = latest_html([ShownTurn(Turn(HOSTILE, ANSWERED), 3)], 2)
    assert count(markup, "*") == count("<div></div>", "*")
    assert attributes(markup, "data-conversation") == ["2"]
    (row,) = json.loads(attributes(markup, "data-turns")[0])
    assert row == json.loads(json.dumps(row_of(ShownTurn(Turn(HOSTILE, ANSWERED), 3))))


def test_questions_to_try_are_buttons() -> None:
    """Each asks its own question."""
    examples = ['Who is "A & B"?', "Who <is> it?"]
    markup = examples_html(examples, open=True)
    assert attributes(markup, "data-ask") == texts(markup, "button") == examples
    assert count(markup, "details.examples[open]") == 1
    assert count(examples_html(["?"], open=False), "[open]") == 0
    assert examples_html([], open=True) == ""
