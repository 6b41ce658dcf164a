"""What may be typed on the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

from qa import __version__
from qa.cli.commands import FAILED, run_add, run_ask, run_evaluate, run_index, run_list, run_remove, run_serve
from qa.index import PACKAGED_EMBEDDER
from qa.reader import PACKAGED_READER
from qa.settings import DEFAULTS

Number = TypeVar("Number", int, float)


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message} (see {self.prog} --help)\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the command line; `run` of what it gives is the command to be run."""
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
        default=DEFAULTS.top_k,
        metavar="N",
        help="passages to read (default: %(default)s)",
    )
    ask.add_argument(
        "--min-confidence",
        type=_between(float, 0.0, 1.0),
        default=DEFAULTS.min_confidence,
        metavar="P",
        help="chance of being right, 0 to 1, below which nothing is answered (default: %(default)s)",
    )
    ask.set_defaults(run=run_ask)

    add = commands.add_parser(
        "add", parents=[articles, common], help="copy files into the articles and index them"
    )
    add.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for a text on standard input")
    add.add_argument("--name", help="what to call it among the articles, folders included (one FILE only)")
    add.add_argument("--json", action="store_true", help="print what became of each file as JSON")
    add.set_defaults(run=run_add)

    remove = commands.add_parser(
        "remove", parents=[articles, quiet], help="delete articles, from the folder and the index"
    )
    remove.add_argument("documents", nargs="+", metavar="ID", help="as `qa list` shows it")
    remove.add_argument("--json", action="store_true", help="print the names of what is deleted as JSON")
    remove.set_defaults(run=run_remove)

    listing = commands.add_parser("list", parents=[articles, quiet], help="show the articles")
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    listing.set_defaults(run=run_list)

    index = commands.add_parser(
        "index", parents=[articles, common], help="bring the index of the articles up to date"
    )
    index.add_argument("--json", action="store_true", help="print what it holds, and what failed, as JSON")
    index.set_defaults(run=run_index)

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
    evaluate.set_defaults(run=run_evaluate)

    serve = commands.add_parser("serve", parents=[articles, common], help="open the chat in the browser")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port",
        type=_between(int, 1, 65535),
        default=DEFAULTS.port,
        help="port to listen on (default: %(default)s)",
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
    serve.set_defaults(run=run_serve)
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
