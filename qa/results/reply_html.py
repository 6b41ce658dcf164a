"""A reply as HTML for notebooks, with the evidence marked and every text escaped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from qa.results.reply_dict import AnswerDict, CitationDict, ReplyDict, SectionDict, SentenceDict


def reply_html(reply: ReplyDict, answer: AnswerDict | None) -> str:
    """Return the answer or guess in its sentence and the other candidates, without style or script.

    Args:
        reply: The reply.
        answer: Its answer or guess, with the confidence. None if there is none.
    """
    parts = [Markup("<p><em>{}</em></p>").format(reply["question"])]
    if reply["read_as"] is not None:
        parts.append(Markup("<p>Read as: {}</p>").format(reply["read_as"]))
    if answer is not None:
        heading = "<p>Perhaps: {}</p>" if reply["outcome"] == "perhaps" else "<p><strong>{}</strong></p>"
        parts.append(Markup(heading).format(answer["answer"]))
        parts += map(_citation, answer["evidence"]) if answer["evidence"] else [_evidence(answer)]
    elif reply["remark"] is not None:
        parts.append(Markup("<p>{}</p>").format(reply["remark"]["text"]))
        parts += map(_section, reply["remark"]["sections"])
    else:
        parts.append(Markup("<p>No answer found.</p>"))
        if reply["missing_words"]:
            words = ", ".join(reply["missing_words"])
            parts.append(Markup("<p>In no document: {}</p>").format(words))
    parts.append(
        _others("Other candidates" if answer is not None else "Rejected candidates", reply["alternatives"])
    )
    return Markup("<div>{}</div>").format(Markup("").join(parts))


def _section(section: SectionDict) -> Markup:
    """Return a section with its line breaks, its location, and the number of words that were left out."""
    text, pieces, done = section["text"], [], 0
    for sentence in section["marked"]:
        first, last = sentence["start"] - section["start"], sentence["end"] - section["start"]
        pieces += [escape(text[done:first]), Markup("<mark>{}</mark>").format(text[first:last])]
        done = last
    left = f" · {section['left']:,} more words" if section["left"] else ""
    return Markup("<blockquote><pre>{}{}</pre><small>{}:{}-{}{}</small></blockquote>").format(
        Markup("").join(pieces), text[done:], section["document"], section["start"], section["end"], left
    )


def _others(title: str, candidates: Sequence[AnswerDict]) -> Markup:
    """Return collapsed candidates; empty if there are none."""
    if not candidates:
        return Markup("")
    items = Markup("").join(_evidence(candidate) for candidate in candidates)
    return Markup("<details><summary>{}</summary>{}</details>").format(title, items)


def _citation(cited: CitationDict | AnswerDict, more: str = "") -> Markup:
    """Return a sentence with the cited words marked, its location, and `more`."""
    page = "" if cited["page"] is None else f", page {cited['page']}"
    return Markup("<blockquote>{}<br><small>{}:{}-{}{}{}</small></blockquote>").format(
        marked(cited["sentence"], cited["start"], cited["end"]),
        cited["document"],
        cited["start"],
        cited["end"],
        page,
        more,
    )


def _evidence(answer: AnswerDict) -> Markup:
    """Return the sentence with the answer marked, its location and the confidence."""
    return _citation(answer, f" · confidence {answer['confidence']:.2f}")


def marked(sentence: SentenceDict, start: int, end: int) -> Markup:
    """Return the sentence with the stretch from `start` to `end` of the document in a `<mark>`."""
    text, first, last = sentence["text"], start - sentence["start"], end - sentence["start"]
    return Markup("{}<mark>{}</mark>{}").format(
        escape(text[:first]), escape(text[first:last]), escape(text[last:])
    )
