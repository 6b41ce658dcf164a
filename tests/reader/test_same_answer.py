"""Two quotations that give the same answer, or not."""

from __future__ import annotations

from qa.reader.same_answer import same_answer

SAME = (
    ("Bernard Quinten", "Belgian Interior Minister Bernard Quinten"),
    ("Bernard Quinten", "Bernard Quinten, Belgian Interior Minister"),
    ("Naqvi", "Mohsin Naqvi"),
    ("Brussels", "Brussels, Belgium"),
    ("in Brussels", "BRUSSELS"),
    ("the  fire", "Fire"),
    ("14 March", "March 14"),
    ("on 14 March", "Tuesday, March 14th"),
    ("14 March 2026", "March 14th, 2026"),
    ("the 14th of Mar 2026", "2026-03-14"),
    ("1,200 people", "1200 people"),
    ("twelve", "12"),
    ("5 per cent", "5%"),
    ("security cooperation", "bilateral security cooperation"),
)
DIFFERENT = (
    ("14 March", "14 March 2026"),
    ("3 May", "5 March"),
    ("11 people", "12 people"),
    ("5 km", "at least 5 km"),
    ("2.5", "25"),
    ("Korea", "North Korea"),
    ("President", "Vice President"),
    ("minister", "interior minister"),
    ("Mohsin", "Mohsin Naqvi"),
    ("Belgium", "capital of Belgium"),
    ("approved", "not approved"),
    ("Paris", "Paris, London and Rome"),
    ("from Ghent to Bruges", "from Bruges to Ghent"),
    ("Quinten", "Naqvi"),
    ("!", "?"),
    ("", "Quinten"),
)


def test_the_same_in_other_words() -> None:
    wrong = [pair for pair in SAME if not (same_answer(*pair) and same_answer(*reversed(pair)))]
    assert wrong == []


def test_what_may_be_something_else_is_another_answer() -> None:
    wrong = [pair for pair in DIFFERENT if same_answer(*pair) or same_answer(*reversed(pair))]
    assert wrong == []
