"""The commands of the shell: `ask`, `add`, `remove`, `list`, `index`, `eval` and `serve`."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Thread

from qa.chatbot import Chatbot
from qa.cli.output import describe, describe_figures, on_one_line
from qa.cli.watch import watch
from qa.corpus import Corpus
from qa.documents import decode, document_name
from qa.errors import CorpusError, QAError
from qa.evaluation import Evaluation, contexts, load_gold
from qa.index import Embedder, load_embedder
from qa.page import open_page
from qa.presentation import Feedback
from qa.reader import Reader
from qa.settings import on_a_space

log = logging.getLogger(__name__)

ANSWERED, NOT_IN_THE_TEXT, FAILED = 0, 1, 2
BOLD, PLAIN = "\033[1m", "\033[0m"


def _chatbot(options: argparse.Namespace) -> Chatbot:
    progress = sys.stderr.isatty()
    if progress:
        print(f"Loading the models and the articles in {options.corpus} ...", file=sys.stderr)
    return Chatbot.from_corpus(
        options.corpus, embedder=options.embedder, reader=options.reader, progress=progress
    )


def run_ask(options: argparse.Namespace) -> int:
    """Answer one question."""
    reply = _chatbot(options).ask(
        options.question, top_k=options.top_k, min_confidence=options.min_confidence
    )
    if options.json:
        print(json.dumps(reply.to_dict(), ensure_ascii=False, indent=2))
    else:
        mark = (BOLD, PLAIN) if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("[", "]")
        print(describe(reply, mark=mark))
    return NOT_IN_THE_TEXT if reply.answer is None else ANSWERED


def run_add(options: argparse.Namespace) -> int:
    """Take files into the articles."""
    if options.name is not None and len(options.files) > 1:
        raise QAError("--name is for one file: add the others by commands of their own.")
    try:
        options.corpus.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CorpusError(
            f"no corpus folder can be made at {str(options.corpus)!r} ({error.strerror}): name another"
        ) from error
    corpus = Corpus(options.corpus)
    before = {one.id for one in corpus.listed() if one.state == "indexed"}
    embedder = _synchronise(corpus, options)
    told: list[dict[str, str | None]] = []
    for file in options.files:
        try:
            source = decode(sys.stdin.buffer.read(), "standard input") if file == "-" else Path(file)
            held = corpus.index.documents.ids
            wanted = document_name(source, options.name, held, folder=options.corpus)
            document = corpus.add(source, embedder, name=options.name)
            told.append({"file": file, "document": document.id, "problem": None})
            if not options.json:
                outcome = "Replaced" if document.id in before else "Added"
                if document.id != wanted:
                    outcome = f"Not added: {on_one_line(file)} holds the text of"
                before.add(document.id)
                print(outcome, on_one_line(document.id))
        except QAError as error:
            told.append({"file": file, "document": None, "problem": str(error)})
            log.error("%s", error)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return FAILED if any(one["problem"] for one in told) else ANSWERED


def run_remove(options: argparse.Namespace) -> int:
    """Delete articles."""
    corpus = Corpus(options.corpus)
    removed: list[str] = []
    failed = False
    for document in options.documents:
        try:
            duplicates = corpus.remove(document)
            removed.append(document)
            if not options.json:
                note = (
                    f" (its text stays, in {', '.join(map(on_one_line, duplicates))})" if duplicates else ""
                )
                print(f"Removed {on_one_line(document)}{note}")
        except QAError as error:
            failed = True
            log.error("%s", error)
    if options.json:
        print(json.dumps(removed, ensure_ascii=False, indent=2))
    return FAILED if failed else ANSWERED


def run_list(options: argparse.Namespace) -> int:
    """Show the articles."""
    listed = Corpus(options.corpus).listed()
    if options.json:
        print(json.dumps([asdict(one) for one in listed], ensure_ascii=False, indent=2))
        return ANSWERED
    for one in listed:
        note = one.problem if one.state == "failed" else None
        if one.double_of is not None:
            note = f"the same text as {one.double_of}"
        elif one.state == "waiting":
            note = "not indexed yet: qa index does it"
        print(on_one_line(one.id) if note is None else f"{on_one_line(one.id)}  ({on_one_line(note)})")
    return ANSWERED


def run_index(options: argparse.Namespace) -> int:
    """Bring the index up to date."""
    corpus = Corpus(options.corpus)
    _synchronise(corpus, options, retry=True)
    if not corpus.index.parts:
        raise corpus.nothing_to_read()
    documents, passages, failures = len(corpus.index.documents), len(corpus.index), corpus.failures
    if options.json:
        told = {"documents": documents, "passages": passages, "failures": [str(one) for one in failures]}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return ANSWERED
    print(f"The index of {options.corpus} is up to date: documents {documents}, passages {passages}.")
    for failure in failures:
        log.warning("%s", failure)
    return ANSWERED


def _synchronise(corpus: Corpus, options: argparse.Namespace, *, retry: bool = False) -> Embedder:
    """Make the articles' index follow their folder, by the embedder that is returned; no reader is loaded."""
    corpus.folder.listing()  # a folder that is not there is told before a model is loaded
    embedder = load_embedder(options.embedder)
    corpus.sync(embedder, retry=retry, progress=sys.stderr.isatty())
    return embedder


def run_evaluate(options: argparse.Namespace) -> int:
    """Measure on questions with known answers."""
    from tqdm import tqdm

    gold = load_gold(options.file)
    abstain = options.abstain or any(not one.answers for one in gold)
    progress = sys.stderr.isatty()
    if options.reader_only:
        reader = Reader.load(options.reader)
        asked = tqdm(gold, desc="questions", disable=not progress)
        evaluation = Evaluation.of_reader(reader, asked, abstain=abstain)
    else:
        if options.corpus is not None:
            chatbot = _chatbot(options)
        else:
            chatbot = Chatbot.from_documents(
                contexts(gold), embedder=options.embedder, reader=options.reader, progress=progress
            )
        asked = tqdm(gold, desc="questions", disable=not progress)
        evaluation = Evaluation.of_chatbot(chatbot, asked, abstain=abstain)
    figures = evaluation.to_dict(precision=options.precision)
    print(json.dumps(figures, ensure_ascii=False, indent=2) if options.json else describe_figures(figures))
    return ANSWERED


def run_serve(options: argparse.Namespace) -> int:
    """Serve the page."""
    chatbot = _chatbot(options)
    page = open_page(
        chatbot,
        host=options.host,
        port=options.port,
        keep=options.keep,
        feedback=_feedback(options),
        mcp=options.mcp,
        auth=options.auth,
    )
    print(f"The chat is on {page.local_url} (Ctrl-C ends it).", flush=True)
    if options.watch:
        Thread(target=watch, args=[chatbot], daemon=True).start()
    if options.mcp:
        print(f"The MCP server is on {page.local_url}gradio_api/mcp", flush=True)
    page.block_thread()
    return ANSWERED


def _feedback(options: argparse.Namespace) -> Feedback | None:
    if options.no_feedback or (options.feedback is None and on_a_space()):
        return None
    return Feedback(options.corpus / ".qa-feedback" if options.feedback is None else options.feedback)
