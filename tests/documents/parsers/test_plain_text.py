"""Structure of plain text: what is a heading, an item, a label, and what only looks like one."""

from __future__ import annotations

import pytest

from qa.documents import text_document
from tests.blocks import outline, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One.\nTwo.\n\nThree.", ["paragraph 0: One. Two.", "paragraph 0: Three."], id="prose"),
        pytest.param(
            "Huts\n====\nText.\n\nBeds\r\n----\r\nText.",
            ["heading 1: Huts", "paragraph 0: Text.", "heading 2: Beds", "paragraph 0: Text."],
            id="underlined",
        ),
        pytest.param(
            "1. Scope\n\nText.\n\n1.1 Words\n\nText.\n\n2 Method\n\nText.",
            [
                "heading 2: 1. Scope",
                "paragraph 0: Text.",
                "heading 3: 1.1 Words",
                "paragraph 0: Text.",
                "heading 2: 2 Method",
                "paragraph 0: Text.",
            ],
            id="numbered",
        ),
        pytest.param(
            "Chapter II: The sea\n\nText.",
            ["heading 1: Chapter II: The sea", "paragraph 0: Text."],
            id="chapter",
        ),
        pytest.param(
            "OPENING HOURS\nDaily.\n\nNATO AND EU\n\nText.",
            [
                "heading 1: OPENING HOURS",
                "paragraph 0: Daily.",
                "heading 1: NATO AND EU",
                "paragraph 0: Text.",
            ],
            id="capitals",
        ),
        pytest.param("STOP.\n\nGO ON AND ON\nAND ON\n\nText.", None, id="shouting"),
        pytest.param("1. First, this.\n\n2. Then, that.\n\nEnd.", None, id="a list with blank lines"),
        pytest.param("12. He left on that day\nand came back", None, id="a wrapped number"),
        pytest.param("The end\n\nTHE END", None, id="nothing below"),
        pytest.param(
            "What to bring:\n- water\n- bread\n  and butter\n  * rye\n- salt",
            [
                "paragraph 0: What to bring:",
                "item 1: water",
                "item 1: bread and butter",
                "item 2: rye",
                "item 1: salt",
            ],
            id="bullets",
        ),
        pytest.param(
            "1. a\n2) b\n\n3. c\n5. d\n\na) e\nb) f\n(c) g",
            ["item 1: a", "item 1: b", "item 1: c 5. d", "item 1: e", "item 1: f", "item 1: g"],
            id="numbers and letters",
        ),
        pytest.param(
            "Card\nName: Rolf Berg\nE-mail: a@b\nOpen ...... June",
            [
                "paragraph 0: Card",
                "label 0: Name = Rolf Berg",
                "label 0: E-mail = a@b",
                "label 0: Open = June",
            ],
            id="labels",
        ),
        pytest.param(
            "Net: 3 crowns\n\nTotal: 4 crowns\n\nHe said: no.",
            ["label 0: Net = 3 crowns", "label 0: Total = 4 crowns", "label 0: He said = no."],
            id="labels apart",
        ),
        pytest.param("He said: no.", None, id="one line with a colon"),
        pytest.param("At 10:30 he left.\nAt 11:30 he came.", None, id="times"),
        pytest.param("- Price: 3\n- Size: 4", ["item 1: Price = 3", "item 1: Size = 4"], id="named items"),
        pytest.param("> a\n> b\nText", ["quotation 0: > a > b", "paragraph 0: Text"], id="quotation"),
        pytest.param("a\n\n-----\n\nb", ["paragraph 0: a", "markup 0: -----", "paragraph 0: b"], id="rule"),
    ],
)
def test_structure(text: str, expected: list[str] | None) -> None:
    """`expected` is None if there are only paragraphs and items."""
    found = outline(text_document(text, name="a.txt"))
    if expected is None:
        assert {line.split()[0] for line in found} <= {"paragraph", "item"}
    else:
        assert found == expected


def test_tables_of_bars() -> None:
    """Without a rule, a first row of words is taken for headings if there are numbers below."""
    ruled = text_document("| Name | Beds |\n|---|---|\n| Rond | 10 |", name="a.txt")
    assert table(ruled) == [" / Name: Rond", "Rond / Beds: 10"]
    bare = text_document("| Hut | Town | Beds |\n| Rond | Vik | 10 |\n| Stein | Vik | 12 |", name="a.txt")
    assert table(bare)[:3] == [" / Hut: Rond", "Rond / Town: Vik", "Rond / Beds: 10"]
    plain = text_document("| Rond | 10 |\n| Stein | 12 |", name="a.txt")
    assert table(plain) == [" / : Rond", "Rond / : 10", " / : Stein", "Stein / : 12"]
