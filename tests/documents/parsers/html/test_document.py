"""Web page parser: layout, boilerplate, encodings, title and address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents.parsers.html import html_document
from qa.errors import DocumentError
from tests.blocks import outline


def text(markup: str) -> str:
    """Return the text of a page in UTF-8."""
    return html_document("a.html", markup.encode()).text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>one</p><p>two</p>", "one\n\ntwo", id="paragraphs"),
        pytest.param("one<br>two", "one\ntwo", id="break"),
        pytest.param("one <br>two <br />\n three", "one\ntwo\nthree", id="break after a space"),
        pytest.param("<p>Doug<b>las</b> <i>Fin</i>ch\n  built\tit</p>", "Douglas Finch built it", id="words"),
        pytest.param("<p>a <b> b </b> c</p>", "a b c", id="one space"),
        pytest.param("<p>school&shy;children<wbr>s &#x200b;x</p>", "schoolchildrens x", id="hyphenation"),
        pytest.param("<p>R&amp;D &lt;b&gt; &eacute;&nbsp;5&#8364;</p>", "R&D <b> é\xa05€", id="references"),
        pytest.param("<div>a<p>b</p>c</div>", "a\n\nb\n\nc", id="text between blocks"),
        pytest.param("<pre>\n a  b\n  c</pre><p>d</p>", " a  b\n  c\n\nd", id="pre"),
        pytest.param("<pre><code>x = 1\ny  = 2</code></pre>", "x = 1\ny  = 2", id="code in pre"),
        pytest.param("x<ul><li>a<li>b<p>c</ul>", "x\n\n• a\n• b\n\nc", id="list"),
        pytest.param("<ul>\n <li>\n  a\n </li>\n <li>\n  b\n </li>\n</ul>", "• a\n• b", id="indented list"),
        pytest.param(
            "<ol><li>a<li>b<ul><li>c</ul><li>d</ol>", "1. a\n2. b\n\n• c\n\n3. d", id="lists inside"
        ),
        pytest.param(
            "<ol start=5><li>a<li>b<li value=' -1x'>c<li value=x>d</ol><ol start=99999999999><li>e</ol>",
            "5. a\n6. b\n-1. c\n0. d\n\n1. e",
            id="explicit numbers",
        ),
        pytest.param(
            "<table><caption>T</caption><tr><th>a<th>b<tr><td><p>c <i>d</i></p><td></table>e",
            "T\n\n| a | b |\n|---|---|\n| c d |  |\n\ne",
            id="table",
        ),
        pytest.param(
            "<table><tr><th>a<th style='display:none'>out<th>b<tr><td>c<td hidden>out<td>d</table>",
            "| a | b |\n|---|---|\n| c | d |",
            id="hidden column",
        ),
        pytest.param(
            "<table><tr><td rowspan=2>a<td>b<td rowspan=2>c<tr><td>d<tr><td colspan=2>e<td>f|g</table>",
            "| a | b | c |\n|  | d |  |\n| e |  | f\\|g |",
            id="cells that span others",
        ),
        pytest.param("<table><tr><td>one cell</table>", "one cell", id="table of one cell"),
        pytest.param(
            f"<table><tr><td><p>{'a' * 501}</p><p>b</p><td>c</table>",
            f"{'a' * 501}\n\nb\n\nc",
            id="layout table",
        ),
        pytest.param("<dl><dt>a<dd>b</dl>", "a\n\nb", id="definitions"),
        pytest.param("<ruby>漢<rt>kan</rt></ruby>字", "漢字", id="ruby"),
    ],
)
def test_layout(markup: str, expected: str) -> None:
    """Blocks are paragraphs, rows and items are lines; words are neither split nor joined."""
    assert text(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<script>out()</script>",
        "<style>out{}</style>",
        "<noscript>Turn on JavaScript to see the prices</noscript>",
        "<template><p>out</p></template>",
        "<nav><a>out</a></nav>",
        "<div role=navigation>out</div>",
        "<header><a href=/>out</a></header>",
        "<footer>out</footer>",
        "<aside>out</aside>",
        "<p hidden>out</p>",
        "<p aria-hidden=true>out</p>",
        "<p style='color: red; DISPLAY:none'>out</p>",
        "<p style='visibility : hidden'>out</p>",
        "<div id=cookie-banner><p>out</p></div>",
        "<div class='x cookieConsent'>out</div>",
        "<div id=onetrust-consent-sdk>out</div>",
        "<div role=dialog>out</div>",
        "<button>out</button>",
        "<select><option>out</select>",
        "<svg><text>out</text><title>out</title></svg>",
        "<!-- out -->",
        "<article><aside><a href=/>out</a></aside></article>",
        "<p class=noprint>out</p>",
        "<article><div class='ad advertisement'>out</div></article>",
        "<article><div class=ads><p>out</p><iframe src=x></iframe></div></article>",
        "<section id=truste><p>out</p></section>",
        "<section id=cookie-law><h2>out</h2><button>out</button></section>",
        "<main><div id=cookie-notice>out <a href='#'>out</a></div></main>",
        "<ul role=menu><li><a href=/>out</a></ul>",
        "<menu><li><button>out</button></menu>",
        "<button aria-expanded=false aria-controls=m>out</button><div id=m hidden><a href=/>out</a></div>",
        "<button aria-haspopup=true aria-expanded=false>out</button>",
        "<div class=collapse hidden><nav>out</nav></div>",
        "<s>out</s> <del>out</del> <strike>out</strike>",
        "<p style='text-decoration: line-through'>out</p>",
    ],
)
def test_boilerplate_is_left_out(markup: str) -> None:
    assert text(f"<p>before</p>{markup}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    "markup",
    [
        "<header><h1>in</h1></header>",
        "<article><header><h1>in</h1></header><footer>in</footer></article>",
        "<article><aside>in</aside></article>",
        "<div class='recipe cookies'>in</div>",
        "<form>in</form>",
        "<details><summary>in</summary>in</details>",
        "<div id=cookie-consent><main>in</main></div>",
        "<section class=trustees><p>in</p></section>",
        "<section id=cookie-notice><h2>in</h2><p>in</p></section>",
        "<div class=ad><h3>A bicycle</h3><p>in</p></div>",
        "<div role=menu><p>in</p></div>",
        "<menu><li>in</menu>",
        "<noscript><p>in</p></noscript>",
    ],
)
def test_what_only_looks_like_boilerplate_is_kept(markup: str) -> None:
    """The header of an article, its box, a recipe for cookies, and a page inside a form."""
    assert "in" in text(f"<p>before</p>{markup}").split()


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param(
            "<h1>A <b>b</b></h1><p>c<br>d<h3>e</h3>f",
            ["heading 1: A b", "paragraph 0: c d", "heading 3: e", "paragraph 0: f"],
            id="headings",
        ),
        pytest.param(
            "<ul><li>a<ol type=a><li>b<li><p>c</p><p>d</p></ol></ul>",
            ["item 1: a", "item 2: b", "item 2: c", "paragraph 2: d"],
            id="lists",
        ),
        pytest.param(
            "<dl><dt>a<dd>b<dd>c<dt>d<dd>e</dl>",
            ["label 0: a = ", "label 0: a = b", "label 0: a = c", "label 0: d = ", "label 0: d = e"],
            id="definitions",
        ),
        pytest.param(
            "<div><span>Depth</span><span>12 m</span></div><p><b>Tel:</b> 5<br>Fax: 6</p>",
            ["label 0: Depth = 12 m", "label 0: Tel = 5", "label 0: Fax = 6"],
            id="labels",
        ),
        pytest.param("<p><b>D</b><i>rop</i></p>", ["paragraph 0: Drop"], id="a large first letter"),
        pytest.param(
            "<blockquote>a<p>b</blockquote><pre>\n c\n  d\n</pre>",
            ["quotation 0: a", "quotation 0: b", "code 0: c d"],
            id="quotations and code",
        ),
        pytest.param("<table><caption>a</caption></table>", ["paragraph 0: a"], id="caption"),
        pytest.param(f"<h2>{'a ' * 200}</h2>", [f"paragraph 0: {'a ' * 199}a"], id="no heading"),
    ],
)
def test_structure(markup: str, expected: list[str]) -> None:
    assert outline(html_document("a.html", markup.encode())) == expected


def test_numbers_are_shown_as_the_page_shows_them() -> None:
    assert text("<ol type=i start=3><li>a<li>b</ol>") == "iii. a\niv. b"
    assert text("<ol type=A reversed><li>a<li>b<li type=1>c</ol>") == "C. a\nB. b\n1. c"
    assert text("<ol type=a start=27><li>a<li value=0>b</ol>") == "aa. a\n0. b"
    assert text("<ol type=I start=1999><li>a</ol>") == "MCMXCIX. a"


def test_a_table_has_its_caption() -> None:
    document = html_document("a.html", b"<table><caption>Fares</caption><tr><td>a<td>b</table>c")
    found, after = document.blocks
    assert found.caption is not None
    assert (document[found.caption], document[found.span]) == ("Fares", "Fares\n\n| a | b |")
    assert document[after.span] == "c"


def test_the_main_part_is_used_if_it_is_most_of_the_page() -> None:
    """Text around `main` is dropped if `main` contains at least half of the text."""
    assert text("<p>teaser</p><main>the article itself</main>") == "the article itself"
    assert text("<p>teaser</p><article>the article itself</article>") == "the article itself"
    assert text("<p>the long text itself</p><main>short</main>") == "the long text itself\n\nshort"
    both = "<article>one</article><article>two</article>"
    assert text(both) == "one\n\ntwo"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param('<meta charset="utf-8"><p>é€'.encode(), "é€", id="utf-8"),
        pytest.param("<p>é€".encode(), "é€", id="undeclared"),
        pytest.param("<p>é€".encode("cp1252"), "é€", id="undeclared western"),
        pytest.param("\ufeff<p>é€".encode("utf-16-le"), "é€", id="utf-16 with mark"),
        pytest.param("<meta charset=iso-8859-1><p>“é”".encode("cp1252"), "“é”", id="latin-1 is windows-1252"),
        pytest.param("<meta charset=tis-620><p>“ไทย”".encode("cp874"), "“ไทย”", id="tis-620 is windows-874"),
        pytest.param('<meta charset="koi8-r"><p>Привет'.encode("koi8-r"), "Привет", id="koi8-r"),
        pytest.param(
            '<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><p>大臣'.encode("cp932"),
            "大臣",
            id="http-equiv",
        ),
        pytest.param("<?xml version='1.0' encoding='gb2312'?><p>部长".encode("gbk"), "部长", id="xml"),
        pytest.param("<meta charset=nonsense><p>é".encode(), "é", id="unknown"),
        pytest.param("<meta charset=utf-16><p>é".encode(), "é", id="impossible"),
        pytest.param(b"<meta charset=utf-16><p>even", "even", id="utf-16 of an even length"),
        pytest.param("\ufeff<meta charset=utf-16be><p>é".encode("utf-16-le"), "é", id="another mark"),
        pytest.param(rb"<meta charset=unicode_escape><p>C:\x41", r"C:\x41", id="Python's escapes"),
        pytest.param(b"<meta charset=utf-7><p>1 +AGE- 2", "1 +AGE- 2", id="utf-7"),
        pytest.param(b"<meta charset=punycode><p>plain", "plain", id="names of hosts"),
        pytest.param("<meta charset=latin1><p>é".encode(), "é", id="wrong"),
        pytest.param("<meta charset=iso-2022-jp><p>大臣".encode("iso-2022-jp"), "大臣", id="seven bits"),
        pytest.param(b"<meta charset=utf-8><p>" + b"a" * 1000 + b"\xff", "a" * 1000 + "\ufffd", id="damaged"),
    ],
)
def test_encodings(data: bytes, expected: str) -> None:
    """In this order: byte order mark, valid UTF-8, declaration, rules for text files."""
    assert html_document("a.html", data).text == expected


@pytest.mark.parametrize(
    ("head", "title", "url"),
    [
        ("<title> A &amp;\n B </title>", "A & B", None),
        ("<title> </title><meta property='og:title' content='A'>", "A", None),
        ("<svg><title>A</title></svg>", None, None),
        ("<link rel=canonical href='https://a.example/b?c'>", None, "https://a.example/b?c"),
        ("<meta property='og:url' content='http://a.example/'>", None, "http://a.example/"),
        (
            "<link rel=canonical href='/b'><meta property=og:url content='http://a.example/'>",
            None,
            "http://a.example/",
        ),
        ("<link rel=canonical href='javascript:alert(1)'>", None, None),
        ("<link rel=canonical href='https://a.example/ b'>", None, None),
        (f"<link rel=canonical href='https://a.example/{'b' * 2000}'>", None, None),
        ("<!-- saved from url=(0020)https://a.example/x -->", None, "https://a.example/x"),
        (
            "<!--\n Page saved with SingleFile \n url: https://a.example/x \n saved date: today-->",
            None,
            "https://a.example/x",
        ),
    ],
)
def test_title_and_address(head: str, title: str | None, url: str | None) -> None:
    """Only web addresses are accepted."""
    document = html_document("a.html", f"{head}<p>text".encode())
    assert (document.title, document.url, document.text) == (title, url, "text")


@pytest.mark.parametrize(
    "markup", ["", "<html></html>", "<script>x</script>", "<p hidden>x</p>", "\0", "\x1c\xa0"]
)
def test_a_page_without_text_is_refused(markup: str) -> None:
    """Such as a page that a script would fill."""
    with pytest.raises(DocumentError, match=r"^'a\.html' .*(text|null)"):
        text(markup)


@given(
    st.text(alphabet="<>/ ab\n&;'\"=!-")
    | st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<ul>",
                "<li>",
                "<pre>",
                "a ",
                "\n",
                "<br>",
                "<main>",
                "</main>",
                "<article>",
                "<aside>",
                "<form>",
                "<select>",
                "<template>",
                "<!--",
                "-->",
                "<svg>",
                "é",
            ]
        )
    ).map("".join)
)
def test_any_markup_is_read_or_refused(markup: str) -> None:
    """Broken markup yields stripped text or an error."""
    try:
        found = text(markup)
    except DocumentError:
        return
    assert found.strip()
    assert found == found.strip("\n")
