"""A cell that a question names by its row and its column is likely, whatever the reader makes of it."""

from __future__ import annotations

import pytest

from qa.documents import Span, text_document
from qa.reader import Candidate, ScoredAnswer, find_cell, with_named_cell
from qa.reader.named_cell import CONFIDENCE, WHOLE_CONFIDENCE
from qa.results import Passage
from tests.blocks import at

BUSES = """# Timetable of line 14

|  | Workdays |  | Sundays |  |
|---|---|---|---|---|
| Stop | First | Last | First | Last |
| Harbour | 05:10 | 23:40 | 07:20 | 21:50 |
| Town hall | 05:18 | 23:48 | 07:28 | 21:58 |
"""
DUTY = """# Duty of the rescue team

| Week | Leader | Driver | Dog |
|---|---|---|---|
| 23 | Marit Sund | Ola Brekke | Bella |
| 24 | Ola Brekke | Jon Vik | Rasmus |
| 25 | Eli Moen | Tor Aas | Bella |
"""
PUMPS = """# Garden pumps

| Pump | Flow (l/h) | Weight | Price |
|---|---|---|---|
| GP 20 | 2,000 | 5.4 kg | 90 euros |
| Dive 80 | 8,000 | 6.3 kg | 120 euros |
| Rain barrel pump | 1,200 | 2.9 kg | 45 euros |
"""

PASSES = """# Swimming hall

| Ticket | Price |
|---|---|
| Day pass | |
| Adults | 8 euros |
| Children | 4 euros |
| Annual pass | |
| Adults | 320 euros |
| Children | 150 euros |
"""


def whole(text: str, name: str = "a.md") -> Passage:
    """The only passage of a document."""
    document = text_document(text, name=name)
    return Passage(document, Span(0, len(text)), 0.9, 1, 1)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        (BUSES, "When does the first bus leave the Town hall on workdays?", "05:18"),
        (BUSES, "When does the last bus leave the Harbour on Sundays?", "21:50"),
        (BUSES, "When does the first bus leave the Town hall?", None),  # two are named
        (DUTY, "Who is the leader in week 24?", "Ola Brekke"),  # a value instead of a name
        (DUTY, "In which week is Tor Aas the driver?", "25"),
        (DUTY, "Which dog is on duty in week 24?", "Rasmus"),
        (DUTY, "Which dog is on duty in week 26?", None),
        (PUMPS, "How heavy is the Dive 80?", "6.3 kg"),  # a word that asks for a column
        (PUMPS, "What does the GP 20 cost?", "90 euros"),
        (PUMPS, "What did the GP 20 cost in 2019?", None),  # a number that is not in the table
        (PUMPS, "What does the GP 20 cost in Norway?", None),
        (PUMPS, "How heavy is the barrel?", "2.9 kg"),  # a part of a name, and nothing else
        (PUMPS, "How heavy is the barrel lid?", None),
        (PUMPS, "How heavy is it?", None),
        (PUMPS, "Which pump weighs 2.9 kg?", "Rain barrel pump"),
        (PASSES, "What does an annual pass cost for adults?", "320 euros"),  # a row names those below it
        (PASSES, "What does a day pass cost for children?", "4 euros"),
        (PASSES, "What does a pass cost for children?", None),
    ],
)
def test_the_cell_that_a_question_names(text: str, question: str, expected: str | None) -> None:
    passage = whole(text)
    found = find_cell(question, [passage])
    assert (None if found is None else passage.document[found.span]) == expected


def test_two_tables_with_the_cell_are_told_by_their_headings() -> None:
    winter, summer = (f"# {season} prices\n\n{PUMPS.split(chr(10), 2)[2]}" for season in ("Winter", "Summer"))
    passages = [whole(text, name) for text, name in ((winter, "w.md"), (summer, "s.md"))]
    found = find_cell("What is the summer price of the Dive 80?", passages)
    assert found is not None
    assert found.document.id == "s.md"
    assert find_cell("What is the price of the Dive 80?", passages) is None


def test_the_named_cell_is_likely() -> None:
    """It comes first if nothing is likelier."""
    passage = whole(PUMPS)
    answers = [
        ScoredAnswer(Candidate(passage, at(passage.document, words), 1.0), probability, (), ())
        for words, probability in (("8,000", 0.4), ("120 euros", 0.1))
    ]
    for question, least in (
        ("What is the price of the Dive 80?", WHOLE_CONFIDENCE),
        ("What is the price of the Dive 80 with taxes?", CONFIDENCE),
    ):
        found = find_cell(question, [passage])
        assert found is not None
        likely = with_named_cell(answers, found)
        assert (likely[0].candidate.text, likely[0].probability) == ("120 euros", least)
