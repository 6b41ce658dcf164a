"""Command-line parser: the commands and their options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar

from qa import __version__
from qa.cli.commands import run_ask, run_chat, run_evaluate, run_mcp, run_search, run_serve
from qa.cli.corpus_commands import run_add, run_index, run_list, run_remove, run_restore
from qa.cli.exit_status import FAILURE
from qa.evaluation import Threshold
from qa.index import PACKAGED_EMBEDDER
from qa.reader import PACKAGED_READER
from qa.settings import DEFAULTS, LOCAL_LIMITS, PUBLIC_LIMITS
from qa.storage import folder_at

Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"
Number = TypeVar("Number", int, float)


class _Parser(argparse.ArgumentParser):
    """A parser that reports wrong arguments in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILURE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def make_parser() -> argparse.ArgumentParser:
    """Return the command-line parser. `run` in its result is the function of the command."""
    parser = _Parser(prog="qa", description="Ask your own articles a question; get their own words back.")
    parser.add_argument("--version", action="version", version=f"verbatim-qa {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    corpus, verbose, models = _corpus_option(), _verbose_option(), _model_options()
    _ask_command(commands, [corpus, verbose, models])
    _chat_command(commands, [corpus, verbose, models])
    _search_command(commands, [corpus, verbose, models])
    _add_command(commands, [corpus, verbose, models])
    _remove_command(commands, [corpus, verbose])
    _restore_command(commands, [corpus, verbose, models])
    _list_command(commands, [corpus, verbose])
    _index_command(commands, [corpus, verbose, models])
    _eval_command(commands, [verbose, models])
    _serve_command(commands, [corpus, verbose, models])
    _mcp_command(commands, [corpus, verbose, models])
    return parser


def _corpus_option() -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument(
        "--corpus",
        type=folder_at,
        default=Path("corpus"),
        metavar="FOLDER",
        help="the articles: a folder, or an address such as s3://BUCKET/FOLDER (default: %(default)s)",
    )
    return options


def _verbose_option() -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument("--verbose", action="store_true", help="log each step, with tracebacks")
    return options


def _model_options() -> _Parser:
    options = _Parser(add_help=False)
    options.add_argument(
        "--embedder",
        default=PACKAGED_EMBEDDER,
        metavar="MODEL",
        help="a sentence-transformers model: a folder or NAME[@REVISION] on the hub (default: %(default)s)",
    )
    options.add_argument(
        "--reader",
        default=PACKAGED_READER,
        metavar="MODEL",
        help="a question-answering model: a folder or NAME[@REVISION] on the hub (default: %(default)s)",
    )
    return options


def _ask_command(commands: Commands, parents: list[_Parser]) -> None:
    ask = commands.add_parser("ask", parents=parents, help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print the whole reply as JSON")
    _asking_options(ask)
    ask.set_defaults(run=run_ask)


def _chat_command(commands: Commands, parents: list[_Parser]) -> None:
    chat = commands.add_parser("chat", parents=parents, help="ask question after question")
    _asking_options(chat)
    chat.set_defaults(run=run_chat)


def _search_command(commands: Commands, parents: list[_Parser]) -> None:
    search = commands.add_parser("search", parents=parents, help="find passages by keywords")
    search.add_argument("words", nargs="+")
    search.add_argument("--json", action="store_true", help="print the passages as JSON")
    _retrieval_options(search, "passages to show")
    search.set_defaults(run=run_search)


def _asking_options(parser: argparse.ArgumentParser) -> None:
    _retrieval_options(parser, "passages to read")
    parser.add_argument(
        "--min-confidence",
        type=_between(float, 0.0, 1.0),
        default=DEFAULTS.min_confidence,
        metavar="P",
        help="answer only if the probability of being right is at least this (default: %(default)s)",
    )


def _retrieval_options(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--top-k",
        type=_between(int, 1, 1000),
        default=DEFAULTS.top_k,
        metavar="N",
        help=f"{what} (default: %(default)s)",
    )
    parser.add_argument(
        "--in",
        dest="documents",
        action="append",
        metavar="ID",
        help="search only this article, named as in `qa list`; may be repeated",
    )


def _add_command(commands: Commands, parents: list[_Parser]) -> None:
    add = commands.add_parser("add", parents=parents, help="copy files into the articles and index them")
    add.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for text on standard input")
    add.add_argument("--name", help="name of the article, folders included (one FILE only)")
    add.add_argument(
        "--ocr",
        action="store_true",
        help="also read pictures and scans, with tesseract",
    )
    add.add_argument("--json", action="store_true", help="print the outcome for each file as JSON")
    add.set_defaults(run=run_add)


def _remove_command(commands: Commands, parents: list[_Parser]) -> None:
    remove = commands.add_parser(
        "remove", parents=parents, help="delete articles from the folder and the index"
    )
    remove.add_argument("documents", nargs="+", metavar="ID", help="an article, named as in `qa list`")
    remove.add_argument("--json", action="store_true", help="print the names of deleted articles as JSON")
    remove.set_defaults(run=run_remove)


def _restore_command(commands: Commands, parents: list[_Parser]) -> None:
    restore = commands.add_parser(
        "restore", parents=parents, help="bring back articles that were removed or replaced, or list them"
    )
    restore.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a name from `qa restore`, or an ID for its latest version",
    )
    restore.add_argument("--json", action="store_true", help="print the list, or the restored names, as JSON")
    restore.set_defaults(run=run_restore)


def _list_command(commands: Commands, parents: list[_Parser]) -> None:
    listing = commands.add_parser("list", parents=parents, help="show the articles")
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    listing.set_defaults(run=run_list)


def _index_command(commands: Commands, parents: list[_Parser]) -> None:
    index = commands.add_parser("index", parents=parents, help="bring the index of the articles up to date")
    index.add_argument("--json", action="store_true", help="print counts and failures as JSON")
    _cluster_option(index, "have the nodes of this Ray cluster read and embed the articles")
    index.set_defaults(run=run_index)


def _eval_command(commands: Commands, parents: list[_Parser]) -> None:
    evaluate = commands.add_parser("eval", parents=parents, help="measure on questions with known answers")
    evaluate.add_argument(
        "file", type=Path, help="a .csv, .jsonl(.gz) or SQuAD .json of questions and answers"
    )
    source = evaluate.add_mutually_exclusive_group()
    source.add_argument(
        "--corpus", type=folder_at, metavar="FOLDER", help="the articles (default: contexts in the file)"
    )
    source.add_argument(
        "--reader-only", action="store_true", help="give each question its own context to read"
    )
    evaluate.add_argument(
        "--abstain",
        action="store_true",
        help="allow replies without an answer (automatic if the file has unanswerable questions)",
    )
    evaluate.add_argument(
        "--precision",
        type=_between(float, 0.0, 1.0),
        default=0.8,
        metavar="P",
        help="share of right answers that the suggested --min-confidence should reach (default: %(default)s)",
    )
    evaluate.add_argument("--json", action="store_true", help="print all figures and failures as JSON")
    evaluate.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="write figures, charts and every failed question with its evidence as one HTML file",
    )
    evaluate.add_argument(
        "--fail-under",
        type=_threshold,
        action="append",
        default=[],
        metavar="F1",
        help="exit with status 1 if F1 (0 to 100) is below this; NAME=VALUE for another figure, such as "
        "precision=0.9; may be repeated",
    )
    evaluate.set_defaults(run=run_evaluate)


def _serve_command(commands: Commands, parents: list[_Parser]) -> None:
    serve = commands.add_parser("serve", parents=parents, help="serve the chat page, and HTTP for programs")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port",
        type=_between(int, 1, 65535),
        default=DEFAULTS.port,
        help="port to listen on (default: %(default)s)",
    )
    serve.add_argument(
        "--watch", action="store_true", help="index changes to the folder within seconds while serving"
    )
    serve.add_argument(
        "--keep",
        action="count",
        default=0,
        help="store documents that are added on the page in the corpus folder, for everyone; give it twice "
        "to let strangers do so without a password (default: each session has its own, until it ends)",
    )
    feedback = serve.add_mutually_exclusive_group()
    feedback.add_argument(
        "--feedback",
        type=Path,
        metavar="FOLDER",
        help="where to store readers' thumbs (default: .qa-feedback in the corpus; nowhere on a Space "
        "or an object store)",
    )
    feedback.add_argument(
        "--no-feedback", action="store_true", help="do not ask readers whether a reply is right"
    )
    serve.add_argument("--mcp", action="store_true", help="also serve MCP, at /gradio_api/mcp")
    serve.add_argument(
        "--auth",
        type=_credentials,
        default=os.environ.get("QA_AUTH"),
        metavar="USER:PASSWORD",
        help="require this login on the page (default: the variable QA_AUTH, if set; else no login)",
    )
    serve.add_argument(
        "--token",
        metavar="TOKEN",
        help="require this token from programs, and on the page unless it has a login "
        "(default: the variable QA_TOKEN, if set)",
    )
    serve.add_argument(
        "--rate",
        type=_between(int, 1, 1_000_000),
        metavar="N",
        help="answer at most N requests a minute to /v1 from one address "
        f"(default: {LOCAL_LIMITS.requests}; {PUBLIC_LIMITS.requests} if others can reach the server)",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        metavar="NAME",
        help="also serve under this name, for example that of a proxy; may be repeated "
        "(default: the variable QA_ALLOW_HOST, if set)",
    )
    serve.add_argument(
        "--allow-origin",
        action="append",
        metavar="ORIGIN",
        help="let pages of this web site, such as https://wiki.example, call /v1; may be repeated "
        "(default: the variable QA_ALLOW_ORIGIN, if set)",
    )
    _cluster_option(serve, "hold the index and read on this Ray cluster; run qa index first")
    serve.add_argument(
        "--shards",
        type=_between(int, 1, 10_000),
        metavar="N",
        help="on a cluster: split the index into N shards (default: 1)",
    )
    serve.add_argument(
        "--copies",
        type=_between(int, 1, 100),
        metavar="N",
        help="on a cluster: hold each shard on N nodes, so that one may fail (default: 1)",
    )
    serve.add_argument(
        "--replicas",
        type=_between(int, 1, 10_000),
        metavar="N",
        help="on a cluster: start up to N readers as the load grows (default: 1)",
    )
    serve.set_defaults(run=run_serve, refuse=serve.error)


def _cluster_option(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help=f"{what}: HOST:PORT of its head, or auto on one of its nodes (needs verbatim-qa[cluster])",
    )


def _mcp_command(commands: Commands, parents: list[_Parser]) -> None:
    mcp = commands.add_parser("mcp", parents=parents, help="serve MCP on standard input and output")
    mcp.set_defaults(run=run_mcp)


def _between(kind: Callable[[str], Number], least: Number, most: Number) -> Callable[[str], Number]:
    def number(argument: str) -> Number:
        value = kind(argument)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{argument} is not between {least} and {most}")
        return value

    return number


def _threshold(argument: str) -> Threshold:
    try:
        return Threshold.parse(argument)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _credentials(argument: str) -> tuple[str, str]:
    user, _, password = argument.partition(":")
    if not user or not password:
        raise argparse.ArgumentTypeError("give a user and a password with a colon between them")
    return user, password
