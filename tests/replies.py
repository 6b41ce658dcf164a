"""Example replies about a text and a PDF, and a hostile text."""

from __future__ import annotations

from dataclasses import replace

from qa.documents import Document, Span, text_document
from qa.results import Answer, Citation, Passage, Reason, Reply

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> </mark></p> **bold** [a](http://a.example) "
    "&amp; &#65; ${1 + 1} {{value}} \x00 \x1b[31m \u202eturned\u202c \u200fשלום \r\n\r old \u2028 new\n\n"
)

TEXT = "The mill stood by the river. It burnt down in 1822, on a Sunday. Nobody was hurt.\n"
MILL = Document("mill.txt", TEXT)
PAGES = "A register of fires.\n\nThe mill: 1822.\n"
REGISTER = Document(
    "fires.pdf", PAGES, title="Fires", url="https://fires.example/list?y=1#top", pages=(0, 22)
)
AGAIN = Citation(REGISTER, Span(32, 36), Span(22, 37))
REASONS = (Reason("score", 2.5), Reason("silence", -0.5), Reason("support", 0.7), Reason("similarity", -0.1))
YEAR = Answer(MILL, Span(46, 50), Span(29, 64), 0.87, 6.25, (AGAIN,), REASONS)
RIVER = Answer(MILL, Span(18, 27), Span(0, 28), 0.21, -1.5)
PASSAGE = Passage(MILL, Span(0, 64), 1.0, 1, None, best_sentence=Span(29, 64))
PAGE = Passage(REGISTER, Span(22, 37), 0.5, 4, 2)
ANSWERED = Reply("When did it burn down?", YEAR, (RIVER,), (PASSAGE, PAGE))
SILENT = Reply("Who owned the waffle iron?", None, (RIVER,), (PASSAGE,), ("waffle", "iron"))
GUESS = replace(YEAR, confidence=0.44)
PERHAPS = Reply("When did it burn down?", None, (RIVER,), (PASSAGE, PAGE), perhaps=GUESS)
NOTHING = Reply("?", None, (), ())

RISKS = text_document(
    "| Risk | Likelihood |\n| --- | --- |\n| Ice | high |\n| A <hot> fire | low |\n", name="a.md"
)
ROWS = tuple(
    Citation(RISKS, Span(start, start + len(words)), Span(start - 2, RISKS.text.index("|\n", start) + 1))
    for words in ("Ice", "A <hot> fire")
    for start in (RISKS.text.index(words),)
)
BROAD = Reply(
    "What are the risks?",
    Answer(RISKS, ROWS[0].sentence, ROWS[0].sentence, 0.9, evidence=ROWS),
    (),
    (Passage(RISKS, Span(0, len(RISKS.text)), 1.0, 1, 1, best_sentence=ROWS[1].sentence),),
)
