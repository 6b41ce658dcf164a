"""Every knob of the program, with its default."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers that an owner may want to change.

    Sizes are in bytes, times in seconds, confidences and weights from 0 to 1.

    Attributes:
        max_text_bytes: The largest text or web page that is read, some five thousand pages.
        max_file_bytes: The largest file that is read: a PDF or Word document, its pictures included.
        max_document_characters: The longest text of a document.
        parse_seconds: How much processor time a file may take to be parsed.
        parse_bytes: The memory that a file may take to be parsed (only Linux enforces it).
        chunk_size: The most tokens of a chunk; changing it makes every index anew.
        chunk_overlap: The most tokens that neighbouring chunks share; changing it makes every index anew.
        max_documents: The most documents of an index.
        max_all_bytes: The most text of an index, in UTF-8.
        lock_seconds: How long to wait for another process that writes the index.
        ranking_depth: How many passages each of the two rankings gives.
        words_weight: The weight of BM25 in the fusion; the vectors have the rest. Chosen on training text.
        rerank_top_n: How many fused passages are re-ranked by their best sentence.
        rerank_words_weight: The weight of words in re-ranking; the vectors have the rest.
        passage_share: How much of a sentence's relevance comes from the passage around it.
        top_k: How many passages the reader reads.
        max_top_k: The most passages that an endpoint's caller may ask for.
        max_question_characters: The longest question.
        min_confidence: The confidence below which no answer is shown.
        alternatives: How many other candidates a reply has.
        very_likely: The confidence from which an answer is called very likely.
        likely: The confidence from which an answer is called likely.
        suggestions: How many questions to try are made.
        port: The port of the page.
        queue_size: How many questions and other events may wait at once.
        remembered_sessions: How many sessions Gradio keeps the state of, a tenth of a megabyte each.
        upload_seconds: After how long Gradio deletes an uploaded file.
        listed_documents: How many documents the page lists; it counts the rest.
        threshold_stops: The stops of the slider, beside `min_confidence`.
        max_feedback_bytes: How much feedback is kept; then an older file must be moved away.
        watch_seconds: How often `qa serve --watch` looks at the folder.
    """

    max_text_bytes: int = 16 * 1024 * 1024
    max_file_bytes: int = 64 * 1024 * 1024
    max_document_characters: int = 16 * 1024 * 1024
    parse_seconds: float = 60.0
    parse_bytes: int = 1024 * 1024 * 1024

    chunk_size: int = 160
    chunk_overlap: int = 40
    max_documents: int = 1_000_000
    max_all_bytes: int = 4_000_000_000
    lock_seconds: float = 600.0

    ranking_depth: int = 100
    words_weight: float = 0.6
    rerank_top_n: int = 30
    rerank_words_weight: float = 0.4
    passage_share: float = 0.3

    top_k: int = 5
    max_top_k: int = 50
    max_question_characters: int = 1_000
    min_confidence: float = 0.5
    alternatives: int = 3
    very_likely: float = 0.8
    likely: float = 0.5
    suggestions: int = 3

    port: int = 7860
    queue_size: int = 60
    remembered_sessions: int = 1_000
    upload_seconds: int = 3600
    listed_documents: int = 300
    threshold_stops: tuple[float, ...] = (0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95)
    max_feedback_bytes: int = 16 * 1024 * 1024
    watch_seconds: float = 1.0


DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """What visitors may add, each and together: documents, and characters of text.

    At most `sessions` of them have documents of their own at once. A session that was not used for
    `idle_seconds` is at its end.
    """

    sessions: int
    documents: int
    characters: int
    all_documents: int
    all_characters: int
    idle_seconds: float


ROOMY = Limits(200, 100, 4_000_000, 1_000, 20_000_000, 24 * 3600.0)
"""On a machine of one's own."""

TIGHT = Limits(50, 20, 400_000, 200, 4_000_000, 3600.0)
"""On a Hugging Face Space, which strangers share."""


def limits_here() -> Limits:
    """`TIGHT` on a Space, which is known by the variable SPACE_ID, else `ROOMY`."""
    return TIGHT if on_a_space() else ROOMY


def on_a_space() -> bool:
    """Whether this process runs as a Hugging Face Space."""
    return bool(os.environ.get("SPACE_ID"))
