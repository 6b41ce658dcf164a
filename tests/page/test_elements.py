from __future__ import annotations

import html
import json
import re

from hypothesis import given

from qa.page.elements import Markup, button, element, escape
from tests.page.dom import TAG, one, plain
from tests.page.test_highlight import TEXTS


@given(text=TEXTS)
def test_text_is_escaped_and_otherwise_unchanged(text: str) -> None:
    """The only tags are those that show the code points of invisible characters."""
    for markup in (escape(text), element("p", text)[3:-4]):
        assert plain(markup) == text
        tags = "".join(TAG.findall(markup))
        assert re.fullmatch('(<span class="unseen" data-name="U\\+[0-9A-F]{4}"></span>)*', tags)


@given(text=TEXTS)
def test_an_attribute_cannot_be_broken_out_of(text: str) -> None:
    for value, expected in ((text, text), ({"document": text}, json.dumps({"document": text}))):
        markup = str(element("input", title=value))
        inside = markup.removeprefix('<input title="').removesuffix('">')
        assert not set(inside) & set("<>\"'")
        assert html.unescape(inside) == expected


def test_markup_is_used_unchanged() -> None:
    assert element("p", element("b", "<"), Markup("<br>"), ">") == "<p><b>&lt;</b><br>&gt;</p>"
    assert element("p", "a") + "<" == "<p>a</p>&lt;"


def test_attributes_are_named_as_in_html_and_may_lack_a_value() -> None:
    markup = button("x", class_="quiet", aria_label="y", disabled=True, open=False, title=None, tabindex=0)
    assert one(markup, "button").attributes == {
        "type": "button",
        "class": "quiet",
        "aria-label": "y",
        "disabled": None,
        "tabindex": "0",
    }
