"""The commands that use a chatbot: `qa ask`, `qa chat`, `qa search`, `qa eval`, `qa serve` and `qa mcp`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path
from threading import Thread
from typing import NoReturn

from qa.chatbot import Chatbot
from qa.cli.chat import chat
from qa.cli.exit_status import BELOW, NOT_FOUND, PERHAPS, SUCCESS
from qa.cli.output import PrintableStream, describe, describe_figures, describe_passages, print_json
from qa.cli.watch import watch
from qa.conversation import Conversation
from qa.corpus import corpus_folder_at
from qa.errors import QuestionFileError
from qa.evaluation import Evaluation, below, contexts, load_gold, report_html
from qa.page import open_page, serve_until_ended
from qa.presentation import Feedback
from qa.reader import Reader
from qa.server import programs, serve_stdio
from qa.settings import on_a_space

BOLD, PLAIN = "\033[1m", "\033[0m"
CLUSTER_OPTIONS = ("shards", "copies", "replicas")
"""The options of `qa serve` that apply only to a cluster."""

STATUSES = {"answered": SUCCESS, "perhaps": PERHAPS, "not_found": NOT_FOUND, "remark": SUCCESS}


def _chatbot(options: argparse.Namespace) -> Chatbot:
    progress = sys.stderr.isatty()
    if progress:
        print(f"Loading the models and the articles in {options.corpus} ...", file=sys.stderr)
    return Chatbot.from_corpus(
        options.corpus, embedder=options.embedder, reader=options.reader, progress=progress
    )


def _cluster_chatbot(options: argparse.Namespace) -> Chatbot:
    from qa.cluster import Service, cluster_chatbot  # needed only with --cluster

    numbers = {name: getattr(options, name) for name in _given(options, CLUSTER_OPTIONS)}
    service = Service(options.corpus, **numbers, embedder=options.embedder, reader=options.reader)
    copies = "" if service.copies == 1 else f" in {service.copies} copies"
    print(f"Starting shards: {service.shards}{copies}; readers: 1 to {service.replicas} ...", file=sys.stderr)
    return cluster_chatbot(options.cluster, service)


def run_ask(options: argparse.Namespace) -> int:
    """Answer one question."""
    reply = _chatbot(options).ask(
        options.question,
        top_k=options.top_k,
        min_confidence=options.min_confidence,
        documents=options.documents,
    )
    if options.json:
        print_json(reply.to_dict())
    else:
        print(describe(reply, mark=_mark()))
    return STATUSES[reply.outcome]


def run_search(options: argparse.Namespace) -> int:
    """Print the passages that match some words best."""
    words = " ".join(options.words)
    passages = _chatbot(options).search(words, top_k=options.top_k, documents=options.documents)
    if options.json:
        print_json([passage.to_dict() for passage in passages])
    elif passages:
        print(describe_passages(words, passages, mark=_mark()))
    return SUCCESS if passages else NOT_FOUND


def run_chat(options: argparse.Namespace) -> int:
    """Ask question after question in the terminal."""
    conversation = Conversation(
        _chatbot(options),
        top_k=options.top_k,
        min_confidence=options.min_confidence,
        documents=options.documents,
    )
    chat(conversation, mark=_mark())
    return SUCCESS


def _mark() -> tuple[str, str]:
    """Return the text to print before and after a marked part: bold on a terminal, otherwise brackets."""
    bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return (BOLD, PLAIN) if bold else ("[", "]")


def run_evaluate(options: argparse.Namespace) -> int:
    """Measure on questions with known answers."""
    from tqdm import tqdm

    gold = load_gold(options.file)
    abstain = options.abstain or any(not question.answers for question in gold)
    progress = sys.stderr.isatty()
    if options.reader_only:
        reader = Reader.load(options.reader)
        questions = tqdm(gold, desc="questions", disable=not progress)
        evaluation = Evaluation.of_reader(reader, questions, abstain=abstain)
    else:
        if options.corpus is not None:
            chatbot = _chatbot(options)
        else:
            chatbot = Chatbot.from_documents(
                contexts(gold), embedder=options.embedder, reader=options.reader, progress=progress
            )
        questions = tqdm(gold, desc="questions", disable=not progress)
        evaluation = Evaluation.of_chatbot(chatbot, questions, abstain=abstain)
    figures = evaluation.to_dict(precision=options.precision)
    if options.json:
        print_json(figures)
    else:
        print(describe_figures(figures))
    if options.report is not None:
        page = report_html(evaluation, figures, title=f"Evaluation: {options.file.name}")
        try:
            options.report.write_text(page, encoding="utf-8", errors="replace")
        except OSError as error:
            raise QuestionFileError(f"Cannot write {options.report}: {error.strerror or error}.") from error
    missed = below(figures, options.fail_under)
    for line in missed:
        print(f"qa: {line}", file=sys.stderr)
    return BELOW if missed else SUCCESS


def run_serve(options: argparse.Namespace) -> NoReturn:
    """Serve the page until interrupted."""
    needless = [f"--{name}" for name in _given(options, CLUSTER_OPTIONS)]
    if needless and options.cluster is None:
        options.refuse(f"{' and '.join(needless)}: only with --cluster ADDRESS")
    if options.keep:
        corpus_folder_at(options.corpus).check_changeable()
    beside = programs(token=options.token, origins=options.allow_origin, rate=options.rate)
    chatbot = _chatbot(options) if options.cluster is None else _cluster_chatbot(options)
    with redirect_stderr(PrintableStream(sys.stderr)):  # Gradio's messages contain what clients send
        page = open_page(
            chatbot,
            host=options.host,
            port=options.port,
            keep=options.keep > 0,
            keep_for_strangers=options.keep > 1,
            feedback=_feedback(options),
            mcp=options.mcp,
            auth=options.auth,
            allow_hosts=options.allow_host,
            beside=beside,
        )
        first = "add ?token=TOKEN the first time; " if beside.token and options.auth is None else ""
        print(f"The chat is on {page.local_url} ({first}Ctrl-C ends it).", flush=True)
        if options.watch or options.cluster is not None:
            Thread(target=watch, args=[chatbot], daemon=True).start()
        if options.mcp:
            print(f"The MCP server is on {page.local_url}gradio_api/mcp", flush=True)
        serve_until_ended(page)


def run_mcp(options: argparse.Namespace) -> int:
    """Serve the MCP client that started this process."""
    serve_stdio(_chatbot(options))
    return SUCCESS


def _given(options: argparse.Namespace, names: Sequence[str]) -> list[str]:
    """Return those of these options that are given. They must have no default."""
    return [name for name in names if getattr(options, name) is not None]


def _feedback(options: argparse.Namespace) -> Feedback | None:
    has_folder = options.feedback is not None or isinstance(options.corpus, Path)
    if options.no_feedback or not has_folder or (options.feedback is None and on_a_space()):
        return None
    return Feedback(options.corpus / ".qa-feedback" if options.feedback is None else options.feedback)
