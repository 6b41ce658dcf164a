"""Settings: all tunable numbers, with their defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers that an owner may want to tune.

    Sizes are in bytes, times in seconds. Confidences and weights are from 0 to 1.

    Attributes:
        max_text_bytes: The largest text file or web page; about five thousand printed pages.
        max_file_bytes: The largest PDF or Word document, including its images.
        max_document_characters: The longest text of a document.
        max_structured_lines: The longest text, in lines, in which headings, lists and tables are recognised.
        parse_seconds: The processor time for parsing a file.
        parse_bytes: The memory for parsing a file. Only Linux enforces it.
        chunk_size: The most tokens in a chunk. Changing it rebuilds every index.
        chunk_overlap: The most tokens that neighbouring chunks share. Changing it rebuilds every index.
        max_documents: The most documents in an index.
        max_all_bytes: The most text in an index, encoded as UTF-8.
        trash_seconds: How long a file that was removed from a corpus folder can be restored.
        trash_bytes: The most bytes of removed files that are kept for restoring.
        lock_seconds: How long to wait for another process that is writing the index.
        ranking_depth: How many passages BM25 and the vectors each return.
        words_weight: The weight of BM25 in the fusion; the vectors get the rest. Chosen on training data.
        rerank_top_n: How many fused passages are re-ranked by their best-matching sentence.
        rerank_words_weight: The weight of words in re-ranking; the vectors get the rest.
        passage_share: The share of a sentence's relevance that comes from the passage around it.
        top_k: How many passages the reader reads.
        max_top_k: The most passages that the caller of an endpoint may request.
        max_question_characters: The longest question.
        min_confidence: The confidence from which a span is an answer: five of six are right.
        perhaps: The confidence from which a span is shown as a guess: every second is right where the
            documents answer.
        perhaps_missing: The same where no document has a word of the question: of 17 below, none was right.
        disagreeing: The confidence from which what another document says is shown beside an answer.
        alternatives: How many other candidates a reply contains.
        rivals: How many alternatives are shown beside a guess, or beside an answer that they contradict.
        least_rival: The least confidence of an alternative beside a guess; of those below, nine of ten are
            wrong.
        very_likely: The least confidence of an answer that is called very likely; nine of ten are right.
        likely: The least confidence of an answer that is called likely; three of four are right.
        remembered_questions: How many questions have their answers cached until the documents change.
        max_corrected_confidence: The highest confidence if the spelling of the question was corrected.
        max_missing_confidence: The highest confidence of an answer if no document has a year in the question,
            and of a sentence answer if no document has one of its words.
        quoted_characters: The longest part of a section that is quoted, about a page.
        guided_documents: How many documents are described to a user who asks what they are about. The rest
            are only counted.
        remembered_turns: How many earlier turns a follow-up may refer to.
        suggestions: How many example questions the page offers.
        port: The port of the page.
        queue_size: How many events of one kind, such as questions, may wait at a time.
        remembered_sessions: How many sessions Gradio keeps the state of; each takes a tenth of a megabyte.
        left_seconds: How long a visitor's documents and conversation are kept after the page is closed.
        undo_seconds: How long a removal, or a new conversation, can be undone.
        upload_seconds: How long an uploaded file is kept.
        listed_documents: How many documents the page lists. The rest are only counted.
        max_feedback_bytes: The largest file of feedback. Move the file away to collect more.
    """

    max_text_bytes: int = 16 * 1024 * 1024
    max_file_bytes: int = 64 * 1024 * 1024
    max_document_characters: int = 16 * 1024 * 1024
    max_structured_lines: int = 200_000
    parse_seconds: float = 60.0
    parse_bytes: int = 1024 * 1024 * 1024

    chunk_size: int = 160
    chunk_overlap: int = 40
    max_documents: int = 1_000_000
    max_all_bytes: int = 4_000_000_000
    trash_seconds: float = 30 * 24 * 3600.0
    trash_bytes: int = 1024 * 1024 * 1024
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
    perhaps: float = 0.25
    perhaps_missing: float = 0.38
    disagreeing: float = 0.38
    alternatives: int = 3
    rivals: int = 2
    least_rival: float = 0.1
    very_likely: float = 0.8
    likely: float = 0.7
    remembered_questions: int = 32
    max_corrected_confidence: float = 0.75
    max_missing_confidence: float = 0.45
    quoted_characters: int = 2_000
    guided_documents: int = 10
    remembered_turns: int = 20
    suggestions: int = 3

    port: int = 7860
    queue_size: int = 60
    remembered_sessions: int = 1_000
    left_seconds: int = 1800
    undo_seconds: int = 10
    upload_seconds: int = 3600
    listed_documents: int = 300
    max_feedback_bytes: int = 16 * 1024 * 1024


DEFAULTS = Settings()


@dataclass(frozen=True, slots=True)
class Limits:
    """Quotas for visitors, which bound the memory, disk space and load of a server.

    Attributes:
        sessions: How many sessions may have documents of their own at once.
        documents: The most documents of a session.
        characters: The most characters in a session's documents, including names, titles and addresses.
        all_documents: The most documents of all sessions together.
        all_characters: The most characters in the documents of all sessions together.
        idle_seconds: How long an unused session is kept.
        upload_bytes: The most bytes of uploaded files on disk.
        waiting: How many questions from one address may wait, and how many changes to documents.
        requests: How many requests to /v1 from one address are answered per minute.
    """

    sessions: int
    documents: int
    characters: int
    all_documents: int
    all_characters: int
    idle_seconds: float
    upload_bytes: int
    waiting: int
    requests: int


LOCAL_LIMITS = Limits(
    sessions=200,
    documents=100,
    characters=4_000_000,
    all_documents=1_000,
    all_characters=20_000_000,
    idle_seconds=24 * 3600.0,
    upload_bytes=4 * 1024**3,
    waiting=60,
    requests=6_000,
)
"""For a server that only this machine can reach."""

PUBLIC_LIMITS = Limits(
    sessions=50,
    documents=20,
    characters=400_000,
    all_documents=200,
    all_characters=4_000_000,
    idle_seconds=3600.0,
    upload_bytes=1024**3,
    waiting=5,
    requests=120,
)
"""For a server that others can reach, such as a Hugging Face Space."""


def default_limits(*, local: bool = True) -> Limits:
    """Return `LOCAL_LIMITS` if only this machine can reach the server, else `PUBLIC_LIMITS`.

    Args:
        local: Whether the server only listens on this machine. A Space never does.
    """
    return LOCAL_LIMITS if local and not on_a_space() else PUBLIC_LIMITS


def on_a_space() -> bool:
    """Return whether this process runs as a Hugging Face Space, which sets SPACE_ID."""
    return bool(os.environ.get("SPACE_ID"))
