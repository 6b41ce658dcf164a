"""Structure of Markdown: CommonMark, GitHub's tables, front matter, comments."""

from __future__ import annotations

import pytest

from qa.documents import Kind, text_document
from tests.blocks import outline, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Huts\n====\n\n## Rond **hut** ##\nText\nmore\n\n#\n",
            ["heading 1: Huts", "heading 2: Rond **hut**", "paragraph 0: Text more", "heading 1: #"],
            id="headings",
        ),
        pytest.param(
            "3. one\n   more\n\n   second\n   - in it\n4. two",
            ["item 1: one more", "paragraph 1: second", "item 2: in it", "item 1: two"],
            id="lists",
        ),
        pytest.param(
            "> a\n> b\n>\n> - c", ["quotation 0: a > b", "markup 0: >", "item 1: c"], id="quotation"
        ),
        pytest.param("```sh\n\nls  -l\n```\n\n    x = 1", ["code 0: ls -l", "code 0: x = 1"], id="code"),
        pytest.param("```\nnever closed", ["code 0: never closed"], id="open code"),
        pytest.param(
            "a\n\n***\n<!-- hidden -->\n\n[b]: http://c",
            ["paragraph 0: a", "markup 0: ***", "markup 0: <!-- hidden -->", "markup 0: [b]: http://c"],
            id="what is not shown",
        ),
        pytest.param(
            '---\ntitle: "Sailing"\ntags: [a, b]\n---\n# T\n',
            [
                "markup 0: ---",
                "label 0: title = Sailing",
                "label 0: tags = [a, b]",
                "markup 0: ---",
                "heading 1: T",
            ],
            id="front matter",
        ),
        pytest.param(
            "**Version:** 4.2.1\n\n**Licence**: MIT\n",
            ["label 0: Version = 4.2.1", "label 0: Licence = MIT"],
            id="bold labels",
        ),
        pytest.param("# A\r\n\r\n- b\r- c\r\n", ["heading 1: A", "item 1: b", "item 1: c"], id="line ends"),
        pytest.param("\ufeff# A\n\nb", ["paragraph 0: \ufeff# A", "paragraph 0: b"], id="mark"),
    ],
)
def test_structure(text: str, expected: list[str]) -> None:
    assert outline(text_document(text, name="a.md")) == expected


@pytest.mark.parametrize(
    "rows",
    [
        "| Boat | Berths |\n|------|-------:|\n| Heron | 6 \\| 7 |\n| Otter | |",
        "Boat | Berths\n--- | :-:\nHeron | 6 \\| 7\nOtter |",
        "> | Boat | Berths |\n> |---|---|\n> | Heron | 6 \\| 7 |\n> | Otter |",
    ],
)
def test_tables_with_and_without_outer_bars(rows: str) -> None:
    document = text_document(f"Text\n\n{rows}\n\nText", name="a.md")
    assert table(document) == [" / Boat: Heron", "Heron / Berths: 6 \\| 7", " / Boat: Otter"]


def test_only_markdown_is_read_as_markdown() -> None:
    assert outline(text_document("# A", name="a.txt")) == ["paragraph 0: # A"]


def read(text: str) -> str:
    """Return the words of the blocks that are read, after checking that the Markdown text is unchanged."""
    document = text_document(text, name="a.md")
    assert document.text == text
    return " | ".join(document[block.words] for block in document.blocks if block.kind is not Kind.MARKUP)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The fee is ~~90~~ 80 crowns.", "The fee is | 80 crowns.", id="struck out"),
        pytest.param("The fee is <del>90</del> 80.", "The fee is | 80.", id="HTML"),
        pytest.param("- ~~oats~~ rye\n- ~~oil~~", "rye", id="items"),
        pytest.param("> ~~oats~~ rye", "rye", id="quotation"),
        pytest.param("so ~~a~~ and ~~b~~", "so | and", id="several"),
        pytest.param("`~~a~~` \\~~b~~ c~~ ~~ d ~~~e~~~", "`~~a~~` \\~~b~~ c~~ ~~ d ~~~e~~~", id="not"),
        pytest.param("a <!-- b --> c", "a | c", id="comment"),
        pytest.param(
            "310[^7] kites<sup>8</sup> of 7 m<sup>2</sup>", "310 | kites | of 7 m<sup>2</sup>", id="marks"
        ),
        pytest.param("a[^1]\n\n[^1]: Without kits.", "a | Without kits.", id="footnote"),
    ],
)
def test_what_is_struck_out_is_not_read(text: str, expected: str) -> None:
    """Nor are comments and marks of footnotes."""
    assert read(text) == expected


def test_cells_that_are_struck_out_are_not_read() -> None:
    document = text_document("| a | b |\n|---|---|\n| ~~1~~ | 2 |", name="a.md")
    found = [document[cell.span] for block in document.blocks for cell in block.cells]
    assert found == ["a", "b", "2"]
