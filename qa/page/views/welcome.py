"""Welcome as HTML, shown before the first question: an invitation to ask, and a place to drop documents."""

from __future__ import annotations

from qa.page.elements import Markup, button, element


def welcome_html(documents: int, added: int) -> Markup:
    """Return the welcome.

    Args:
        documents: The number of documents.
        added: How many of them the visitor added.
    """
    drop = button(
        element("strong", "Drop documents anywhere on this page"),
        element("span", "or choose them: PDF, Word, web pages, text and more"),
        class_="large-drop",
        data_choose=True,
    )
    if not documents:
        heading = element("h2", "What would you like to read?")
        advice = element("p", "Add a document, then ask it questions in your own words.")
        return element("div", heading, advice, drop, class_="welcome")
    heading = element("h2", "What would you like to know?")
    if added:
        asked = "your document" if added == documents == 1 else f"these {documents:,} documents"
        words = f"Ask {asked} in your own words. The answer is the text’s own words, highlighted in place."
        return element("div", heading, element("p", words), class_="welcome")
    words = (
        "The answer is the text’s own words, highlighted in place. Where I find none, I say so and show "
        "the nearest passage."
    )
    there = "this document" if documents == 1 else f"these {documents:,} documents"
    sample = element("p", f"Or ask {there}:", class_="sample")
    return element("div", heading, element("p", words), drop, sample, class_="welcome")
