"""The shell: `qa ask`, `add`, `remove`, `list`, `index`, `eval` and `serve`. The only place that prints.

Exit status: 0 answered (or done), 1 the text does not say, 2 an error, told in one line on stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn, TypeVar

from qa import __version__
from qa.chatbot import MIN_CONFIDENCE, TOP_K, Chatbot
from qa.corpus import Corpus
from qa.documents import decode, document_name
from qa.errors import CorpusError, QAError
from qa.evaluation import Evaluation, contexts, load_gold
from qa.index import PACKAGED_EMBEDDER, Embedder, load_embedder
from qa.page import open_page
from qa.presentation import Feedback, confidence_words, missing, silence
from qa.reader import PACKAGED_READER, Reader
from qa.results import Answer, Passage, Reply
from qa.settings import on_a_space

log = logging.getLogger(__name__)

ANSWERED, NOT_IN_THE_TEXT, FAILED = 0, 1, 2
WATCH_SECONDS = 1.0
STOPPED, UNREAD = 130, 141  # as a shell reports an interrupt, and a pipe that nobody reads
BOLD, PLAIN = "\033[1m", "\033[0m"

Number = TypeVar("Number", int, float)

_SPACE = re.compile(r"\s+")
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command, given as on the command line (that of the process if None).

    Returns:
        The exit status; 130 if the user stopped it, 141 if nobody reads the output any more.

    Raises:
        SystemExit: the arguments were wrong (status 2) or asked for help (status 0).
    """
    options = _parser().parse_args(arguments)
    _prepare(verbose=options.verbose)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except QAError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        # Python flushes once more at its end, which must find something that can be written to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except Exception as error:
        log.debug("", exc_info=True)
        return _fail(f"unexpected {type(error).__name__}: {error} (--verbose shows where)")
    return status


def _fail(reason: str) -> int:
    print(f"qa: {' '.join(reason.split())}", file=sys.stderr)
    return FAILED


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    quiet = _Parser(add_help=False)
    quiet.add_argument("--verbose", action="store_true", help="tell what is done, and where it failed")
    common = _Parser(add_help=False, parents=[quiet])
    common.add_argument(
        "--embedder", default=PACKAGED_EMBEDDER, help="a sentence-transformers model (default: %(default)s)"
    )
    common.add_argument(
        "--reader", default=PACKAGED_READER, help="a question-answering model (default: %(default)s)"
    )
    articles = _Parser(add_help=False)
    articles.add_argument(
        "--corpus",
        type=Path,
        default=Path("corpus"),
        metavar="FOLDER",
        help="the articles (default: %(default)s)",
    )

    parser = _Parser(prog="qa", description="Ask your own articles a question; get their own words back.")
    parser.add_argument("--version", action="version", version=f"verbatim-qa {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    ask = commands.add_parser("ask", parents=[articles, common], help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print the whole reply as JSON")
    ask.add_argument(
        "--top-k",
        type=_between(int, 1, 1000),
        default=TOP_K,
        metavar="N",
        help="passages to read (default: %(default)s)",
    )
    ask.add_argument(
        "--min-confidence",
        type=_between(float, 0.0, 1.0),
        default=MIN_CONFIDENCE,
        metavar="P",
        help="chance of being right, 0 to 1, below which nothing is answered (default: %(default)s)",
    )
    ask.set_defaults(run=_ask)

    add = commands.add_parser(
        "add", parents=[articles, common], help="copy files into the articles and index them"
    )
    add.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for a text on standard input")
    add.add_argument("--name", help="what to call it among the articles, folders included (one FILE only)")
    add.add_argument("--json", action="store_true", help="print what became of each file as JSON")
    add.set_defaults(run=_add)

    remove = commands.add_parser(
        "remove", parents=[articles, quiet], help="delete articles, from the folder and the index"
    )
    remove.add_argument("documents", nargs="+", metavar="ID", help="as `qa list` shows it")
    remove.add_argument("--json", action="store_true", help="print the names of what is deleted as JSON")
    remove.set_defaults(run=_remove)

    listing = commands.add_parser("list", parents=[articles, quiet], help="show the articles")
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    listing.set_defaults(run=_list)

    index = commands.add_parser(
        "index", parents=[articles, common], help="bring the index of the articles up to date"
    )
    index.add_argument("--json", action="store_true", help="print what it holds, and what failed, as JSON")
    index.set_defaults(run=_index)

    evaluate = commands.add_parser("eval", parents=[common], help="measure on questions with known answers")
    evaluate.add_argument(
        "file", type=Path, help="a .csv, .jsonl(.gz) or SQuAD .json of questions and answers"
    )
    place = evaluate.add_mutually_exclusive_group()
    place.add_argument(
        "--corpus", type=Path, metavar="FOLDER", help="the articles (default: contexts in the file)"
    )
    place.add_argument(
        "--reader-only", action="store_true", help="give each question its own context to read"
    )
    evaluate.add_argument(
        "--abstain",
        action="store_true",
        help="let silence be an answer (it is, if the file has such questions)",
    )
    evaluate.add_argument(
        "--precision",
        type=_between(float, 0.0, 1.0),
        default=0.8,
        metavar="P",
        help="share of right answers that the suggested --min-confidence is to keep (default: %(default)s)",
    )
    evaluate.add_argument("--json", action="store_true", help="print all figures and failures as JSON")
    evaluate.set_defaults(run=_evaluate)

    serve = commands.add_parser("serve", parents=[articles, common], help="open the chat in the browser")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port", type=_between(int, 1, 65535), default=7860, help="port to listen on (default: %(default)s)"
    )
    serve.add_argument(
        "--watch", action="store_true", help="follow the folder: what is put there is answered within seconds"
    )
    serve.add_argument(
        "--keep",
        action="store_true",
        help="keep documents that are added on the page in the corpus folder, for everyone (default: each "
        "visit has its own, gone at its end)",
    )
    serve.add_argument(
        "--feedback",
        type=Path,
        metavar="FOLDER",
        help="where readers' thumbs are kept (default: .qa-feedback in the corpus; nowhere on a Space)",
    )
    serve.add_argument("--no-feedback", action="store_true", help="do not ask readers whether it is right")
    serve.add_argument("--mcp", action="store_true", help="be an MCP server too, at /gradio_api/mcp")
    serve.add_argument(
        "--auth",
        type=_credentials,
        default=os.environ.get("QA_AUTH"),
        metavar="USER:PASSWORD",
        help="let in who knows both (default: the variable QA_AUTH, if set; else everyone)",
    )
    serve.set_defaults(run=_serve)
    return parser


def _between(kind: Callable[[str], Number], least: Number, most: Number) -> Callable[[str], Number]:
    def number(argument: str) -> Number:
        value = kind(argument)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{argument} is not between {least} and {most}")
        return value

    return number


def _credentials(argument: str) -> tuple[str, str]:
    user, _, password = argument.partition(":")
    if not user or not password:
        raise argparse.ArgumentTypeError("give a user and a password with a colon between them")
    return user, password


def _prepare(*, verbose: bool) -> None:
    """Only this package speaks on stderr; what it says of others' text can always be written."""
    handler = logging.StreamHandler()
    if not verbose:
        handler.addFilter(logging.Filter("qa"))
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(handlers=[handler], level=level, format="qa: %(message)s")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _chatbot(options: argparse.Namespace) -> Chatbot:
    progress = sys.stderr.isatty()
    if progress:
        print(f"Loading the models and the articles in {options.corpus} ...", file=sys.stderr)
    return Chatbot.from_corpus(
        options.corpus, embedder=options.embedder, reader=options.reader, progress=progress
    )


def _ask(options: argparse.Namespace) -> int:
    reply = _chatbot(options).ask(
        options.question, top_k=options.top_k, min_confidence=options.min_confidence
    )
    if options.json:
        print(json.dumps(reply.to_dict(), ensure_ascii=False, indent=2))
    else:
        mark = (BOLD, PLAIN) if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("[", "]")
        print(describe(reply, mark=mark))
    return NOT_IN_THE_TEXT if reply.answer is None else ANSWERED


def _add(options: argparse.Namespace) -> int:
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
                    outcome = f"Not added: {_words(file)} holds the text of"
                before.add(document.id)
                print(outcome, _words(document.id))
        except QAError as error:
            told.append({"file": file, "document": None, "problem": str(error)})
            log.error("%s", error)
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    return FAILED if any(one["problem"] for one in told) else ANSWERED


def _remove(options: argparse.Namespace) -> int:
    corpus = Corpus(options.corpus)
    removed: list[str] = []
    failed = False
    for document in options.documents:
        try:
            doubles = corpus.remove(document)
            removed.append(document)
            if not options.json:
                note = f" (its text stays, in {', '.join(map(_words, doubles))})" if doubles else ""
                print(f"Removed {_words(document)}{note}")
        except QAError as error:
            failed = True
            log.error("%s", error)
    if options.json:
        print(json.dumps(removed, ensure_ascii=False, indent=2))
    return FAILED if failed else ANSWERED


def _list(options: argparse.Namespace) -> int:
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
        print(_words(one.id) if note is None else f"{_words(one.id)}  ({_words(note)})")
    return ANSWERED


def _index(options: argparse.Namespace) -> int:
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


def _evaluate(options: argparse.Namespace) -> int:
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


def _serve(options: argparse.Namespace) -> int:
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
        Thread(target=_watch, args=[chatbot], daemon=True).start()
    if options.mcp:
        print(f"The MCP server is on {page.local_url}gradio_api/mcp", flush=True)
    page.block_thread()
    return ANSWERED


def _watch(chatbot: Chatbot) -> None:
    """Let the chatbot follow its folder, until the process ends."""
    told, took = "", 0.0
    while True:
        # A look at very many files takes its time: at most a tenth of all.
        time.sleep(max(WATCH_SECONDS, 9 * took))
        start = time.perf_counter()
        try:
            if chatbot.refresh():
                for failure in chatbot.failures:
                    log.warning("%s", failure)
                print(f"The articles have changed: documents {len(chatbot.documents)}.", flush=True)
            told = ""
        # Whatever it is, the next look may find it mended.
        except Exception as error:
            if str(error) != told:
                log.warning("The folder cannot be followed: %s", error)
            told = str(error)
        took = time.perf_counter() - start


def _feedback(options: argparse.Namespace) -> Feedback | None:
    if options.no_feedback or (options.feedback is None and on_a_space()):
        return None
    return Feedback(options.corpus / ".qa-feedback" if options.feedback is None else options.feedback)


def describe_figures(figures: dict[str, Any]) -> str:
    """The figures of `Evaluation.to_dict` as a table, and what they suggest."""
    lines = [f"{'':<14}{'questions':>10}{'exact':>8}{'F1':>8}"]
    for name, row in (("all", figures), *((name, figures[name]) for name in ("answerable", "unanswerable"))):
        if row["questions"]:
            lines.append(f"{name:<14}{row['questions']:>10,}{row['exact_match']:>8.1f}{row['f1']:>8.1f}")
    precision = "-" if figures["precision"] is None else f"{figures['precision']:.1%}"
    verdicts = ", ".join(f"{count} {name}" for name, count in figures["verdicts"].items() if count)
    lines += ["", f"shown         {figures['coverage']:.1%} of the questions, {precision} of them right"]
    lines.append(f"verdicts      {verdicts}")
    if "retrieval" in figures:
        hits = "  ".join(f"{name} {share:.1%}" for name, share in figures["retrieval"].items())
        lines += [
            f"retrieval     {hits}",
            f"confidence    calibration error {figures['calibration_error']:.3f}, "
            f"coverage at 80% right {figures['coverage_at_80']:.1%}",
        ]
    suggestion = figures.get("suggestion")
    if suggestion is not None:
        lines.append(
            f"suggestion    --min-confidence {suggestion['min_confidence']}: "
            f"{suggestion['precision']:.1%} right "
            f"(90% interval {suggestion['low']:.1%} to {suggestion['high']:.1%}) "
            f"of the {suggestion['coverage']:.1%} shown"
        )
    return "\n".join(lines)


def describe(reply: Reply, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """The reply for people to read; `mark` is written before and after the answer in its sentence."""
    lines = [] if reply.read_as is None else [f"Read as: {_words(reply.read_as)}", ""]
    if reply.answer is not None:
        return "\n".join([*lines, _describe_answer(reply.answer, mark)])
    lines.append(f"{silence(reply)} {_words(missing(reply))}".rstrip())
    if reply.passages:
        closest = reply.passages[0]
        lines += [
            "",
            f"The closest passage, not an answer ({_place(closest)}):",
            f"  {_words(closest.excerpt)}",
        ]
    return "\n".join(lines)


def _describe_answer(answer: Answer, mark: tuple[str, str]) -> str:
    document, span, sentence = answer.document, answer.span, answer.sentence
    before, after = document.text[sentence.start : span.start], document.text[span.end : sentence.end]
    marked = f"{_words(before)}{mark[0]}{_words(answer.text)}{mark[1]}{_words(after)}"
    return "\n".join(
        (
            _words(answer.text),
            "",
            f"  {marked}",
            f"  {_place(answer)}",
            f"  {confidence_words(answer.confidence)} ({answer.confidence:.2f})",
        )
    )


def _place(found: Answer | Passage) -> str:
    page = found.document.page(found.span.start)
    place = f"{_words(found.document.id)}:{found.span.start}-{found.span.end}"
    return place if page is None else f"{place}, page {page}"


def _words(text: str) -> str:
    """On one line, with what would steer the terminal or turn the letters round shown as an escape."""
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), _SPACE.sub(" ", text))
