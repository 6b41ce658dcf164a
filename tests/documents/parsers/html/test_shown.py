"""Web pages: what a reader can make visible is read, and read as it is shown."""

from __future__ import annotations

import pytest

from qa.documents.parsers.html import html_document
from tests.blocks import outline


def text(markup: str) -> str:
    """Return the text of a page in UTF-8."""
    return html_document("a.html", markup.encode()).text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("sold 310<sup>7</sup> kites", "sold 310 ⁷ kites", id="mark after a number"),
        pytest.param("the gale<sup><a href='#n'>12</a></sup>, then", "the gale ¹², then", id="mark"),
        pytest.param("<sup>7</sup> Without kits", "⁷ Without kits", id="mark of the note"),
        pytest.param("4 × 10<sup>−6</sup> g", "4 × 10⁻⁶ g", id="power of ten"),
        pytest.param("70 m<sup>2</sup>, CO<sub>2</sub>", "70 m², CO₂", id="unit and formula"),
        pytest.param("the 3<sup>rd</sup> of M<sup>me</sup> B", "the 3rd of Mme B", id="endings"),
        pytest.param("1<sup>3</sup>/<sub>4</sub> cups", "1 3/4 cups", id="fraction"),
        pytest.param("<sup>2</sup>&frasl;<sub>3</sub> cup", "2⁄3 cup", id="fraction alone"),
        pytest.param(
            "a reef<sup>[citation needed]</sup> of", "a reef [citation needed] of", id="small print"
        ),
        pytest.param("<pre>x<sup>2</sup></pre>", "x2", id="pre"),
    ],
)
def test_raised_and_lowered_text(markup: str, expected: str) -> None:
    """Exponents and fractions keep their meaning; footnote marks are set apart from numbers."""
    assert text(f"<p>{markup}</p>") == expected


QUESTION = "<button aria-expanded=false aria-controls=p>Who tunes it?</button>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<h4>{QUESTION}</h4><div id=p hidden><p>Ada Holt.</p></div>",
        f"{QUESTION}<div id=p style='display:none'>Ada Holt.</div>",
        f"<dl><dt>{QUESTION}</dt><dd aria-hidden=true>Ada Holt.</dd></dl>",
        "<a href='#who'>Who tunes it?</a><div id=who hidden>Ada Holt.</div>",
        "<h3>Who tunes it?</h3><div class='faq-answer' hidden>Ada Holt.</div>",
        "<p>Who tunes it?</p><div hidden=until-found>Ada Holt.</div>",
        "<p>Who tunes it?</p><div class='accordion-collapse collapse' aria-hidden=true>Ada Holt.</div>",
        "<div data-bs-target='#q'>Who tunes it?</div><div id=q hidden>Ada Holt.</div>",
        "<details><summary>Who tunes it?</summary><p>Ada Holt.</p></details>",
    ],
)
def test_closed_panels_are_read_with_their_questions(markup: str) -> None:
    assert text(f"<main><h1>Organ</h1>{markup}</main>") == "Organ\n\nWho tunes it?\n\nAda Holt."


def test_panels_have_the_names_of_their_tabs() -> None:
    """The tab is found by the id that it names, or else by its order."""
    tabs = "<div role=tablist><button role=tab {}>Rate</button><button role=tab>Term</button></div>"
    panels = "<p>x</p><div role=tabpanel id=r>2%</div><div role=tabpanel hidden>nine years</div>"
    expected = "x\n\nRate\n\n2%\n\nTerm\n\nnine years"
    assert text(tabs.format("") + panels) == expected
    assert text(tabs.format("aria-controls=r") + panels) == expected


def test_shadow_roots_are_read_in_place() -> None:
    """A declarative shadow root is shown; a template for scripts is not."""
    shown = "<x-y><template shadowrootmode=open><p>a</p><template>no</template></template><p>b</p></x-y>"
    assert text(f"<h1>T</h1>{shown}<p>c") == "T\n\na\n\nb\n\nc"
    deep = "<template shadowrootmode=open>" * 50
    assert text(f"<p>a</p>{deep}b") == "a"


@pytest.mark.parametrize(
    "markup",
    [
        "<header><a href=/>Home</a><h1>Kiln</h1><p>It fires on Mondays at dusk.</p></header>",
        "<header><nav><a href=/>Home</a></nav><p>It fires on Mondays at dusk.</p></header>",
        "<aside><p>It fires on Mondays at dusk.</p></aside><p>Note.</p>",
        "<div role=complementary><div><p>It fires on Mondays at dusk.</p></div></div>",
    ],
)
def test_a_page_inside_of_its_surroundings_is_read(markup: str) -> None:
    assert "It fires on Mondays at dusk." in text(markup)


def test_a_headline_outside_the_article_is_read() -> None:
    """With its standfirst and byline, without navigation, once."""
    story = f"<article><p>{'The weir held. ' * 30}</p></article>"
    head = (
        "<nav><a href=/>News</a></nav><h1>Flood at Orm</h1><p>Two mills lost.</p><p>By <a href=/>Io</a></p>"
    )
    page = "<title>Flood at Orm | Post</title><body><h1>Post</h1><div>{}<p>Share</p></div>{}"
    document = html_document("a.html", page.format(f"<header>{head}</header>", story).encode())
    assert document.text.replace("\n\n", " ").startswith("Flood at Orm Two mills lost. By Io")
    assert document.text.count("Flood at Orm") == 1
    assert outline(document)[0] == "heading 1: Flood at Orm"
    assert document.text.endswith("The weir held.")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<div><a href=1>Ash</a><a href=2>Elm</a></div>", "Ash Elm", id="links"),
        pytest.param("<x-a>Ash</x-a><x-a>elm</x-a>", "Ash elm", id="elements of one's own"),
        pytest.param("<p><span>Ash</span><span>20 m</span><span>Elm</span></p>", "Ash 20 m Elm", id="parts"),
        pytest.param(
            "<style>a{b:c} p .x, .r{gap:1em;display:flex}</style><p class=x><b>ash</b><i>elm</i><u>oak</u>",
            "ash elm oak",
            id="a row by its class",
        ),
        pytest.param("<p><b style='display:inline-block'>ash</b>elm", "ash elm", id="a box by its style"),
        pytest.param("<p><span>ro</span><span>wan</span><span>s</span>", "rowans", id="parts of a word"),
    ],
)
def test_boxes_side_by_side_are_separate(markup: str, expected: str) -> None:
    assert text(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<style>.a{display:none}</style><p class='b a'>Elm</p>",
        "<style>/* .x{} */ .c, .a { color:red; visibility: hidden }</style><p class=a>Elm</p>",
        "<p style='font-size:0'>Elm</p>",
        "<p style='color: #FFF; background-color:#fff'>Elm</p>",
    ],
)
def test_what_is_never_shown_is_not_read(markup: str) -> None:
    assert text(f"<p>Ash</p>{markup}") == "Ash"


@pytest.mark.parametrize(
    "markup",
    [
        "<style>@media print { .a{display:none} }</style><p class=a>Elm</p>",
        "<style>.a{display:none} .a.open{display:block}</style><p class=a>Elm</p>",
        "<style>.b .a{display:none} .a:hover{display:none}</style><p class=a>Elm</p>",
        "<div style='font-size:0'><p style='font-size:1em'>Elm</p></div>",
        "<p style='font-size:0.9em;color:#fff;background:#000'>Elm</p>",
    ],
)
def test_what_is_shown_at_times_is_read(markup: str) -> None:
    """Elements hidden only in print, until opened, or around others that are shown."""
    assert text(f"<p>Ash</p>{markup}") == "Ash\n\nElm"


def test_null_characters_are_left_out() -> None:
    """If there are only a few, as in browsers."""
    assert html_document("a.html", b"<p>ten\0 oars are in the shed</p>").text == "ten oars are in the shed"


def test_an_encoding_may_be_declared_late() -> None:
    page = "<script>" + "x;" * 3000 + "</script><meta charset=windows-1250><p>Zażółć w Łodzi"
    assert html_document("a.html", page.encode("cp1250")).text == "Zażółć w Łodzi"


def test_lists_are_numbered_as_their_style_says() -> None:
    assert text("<ol style='list-style-type: lower-alpha' start=2><li>a<li>b</ol>") == "b. a\nc. b"
    assert text("<ol style='list-style: inside upper-roman'><li value=4>a</ol>") == "IV. a"


@pytest.mark.parametrize(
    ("foot", "expected"),
    [
        pytest.param("<p>Quay 3, phone 555 0166</p>", "Quay 3, phone 555 0166", id="telephone"),
        pytest.param("<address>Quay 3, Holm</address><p>All rights", "Quay 3, Holm", id="address"),
        pytest.param("Mail <a href='mailto:a@b.org'>a@b.org</a>", "Mail a@b.org", id="e-mail"),
        pytest.param("<div><p>© 2001–2031 Tides</p></div>", "", id="years"),
        pytest.param("<p><a href=/>Call</a> 555 0166</p>", "", id="link"),
        pytest.param("<p hidden>Call 555 0166</p>", "", id="hidden"),
    ],
)
def test_contact_details_in_the_footer_are_read(foot: str, expected: str) -> None:
    """Nothing else in the footer is read."""
    page = f"<main><h1>Tides</h1><p>Open on weekends.</p></main><footer>{foot}</footer>"
    assert text(page).removeprefix("Tides\n\nOpen on weekends.").strip() == expected
