"""The shell: `qa ask`, `qa index`, `qa eval`, `qa serve`. The only place that prints.

Exit status: 0 answered (or done), 1 the text does not say, 2 an error, told in one line on stderr.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from qa.answer import Answer, Passage, Reply
from qa.chatbot import MIN_CONFIDENCE, TOP_K, Chatbot
from qa.embedder import PACKAGED as PACKAGED_EMBEDDER
from qa.errors import QAError
from qa.evaluation import Evaluation, contexts, load_gold
from qa.reader import PACKAGED as PACKAGED_READER
from qa.reader import Reader
from qa.web import confidence_words, load_examples, open_page

log = logging.getLogger(__name__)

ANSWERED, NOT_IN_THE_TEXT, FAILED = 0, 1, 2
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
    common = _Parser(add_help=False)
    common.add_argument(
        "--embedder", default=PACKAGED_EMBEDDER, help="a sentence-transformers model (default: %(default)s)"
    )
    common.add_argument(
        "--reader", default=PACKAGED_READER, help="a question-answering model (default: %(default)s)"
    )
    common.add_argument("--verbose", action="store_true", help="tell what is done, and where it failed")
    articles = _Parser(add_help=False)
    articles.add_argument(
        "--corpus",
        type=Path,
        default=Path("corpus"),
        metavar="FOLDER",
        help="the articles (default: %(default)s)",
    )

    parser = _Parser(prog="qa", description="Ask your own articles a question; get their own words back.")
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

    index = commands.add_parser(
        "index", parents=[articles, common], help="bring the index of the articles up to date"
    )
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
    serve.set_defaults(run=_serve)
    return parser


def _between(kind: Callable[[str], Number], least: Number, most: Number) -> Callable[[str], Number]:
    def number(argument: str) -> Number:
        value = kind(argument)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{argument} is not between {least} and {most}")
        return value

    return number


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


def _index(options: argparse.Namespace) -> int:
    chatbot = _chatbot(options)
    documents, passages = len(chatbot.documents), len(chatbot.retriever.index.chunks)
    print(f"The index of {options.corpus} is up to date: documents {documents}, passages {passages}.")
    return ANSWERED


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
    chatbot, examples = _chatbot(options), load_examples(options.corpus)
    page = open_page(chatbot, host=options.host, port=options.port, examples=examples)
    print(f"The chat is on {page.local_url} (Ctrl-C ends it).", flush=True)
    page.block_thread()
    return ANSWERED


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
            f"suggestion    --min-confidence {suggestion['min_confidence']:.2f}: "
            f"{suggestion['precision']:.1%} right "
            f"(90% interval {suggestion['low']:.1%} to {suggestion['high']:.1%}) "
            f"of the {suggestion['coverage']:.1%} shown"
        )
    return "\n".join(lines)


def describe(reply: Reply, *, mark: tuple[str, str] = ("[", "]")) -> str:
    """The reply for people to read; `mark` is written before and after the answer in its sentence."""
    if reply.answer is not None:
        return _describe_answer(reply.answer, mark)
    lines = ["The text does not say."]
    if reply.passages:
        closest = reply.passages[0]
        lines += ["", f"The closest passage, not an answer ({_place(closest)}):", f"  {_words(closest.text)}"]
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
    return f"{_words(found.document.id)}:{found.span.start}-{found.span.end}"


def _words(text: str) -> str:
    """On one line, with what would steer the terminal or turn the letters round shown as an escape."""
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), _SPACE.sub(" ", text))
