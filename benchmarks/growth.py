"""How time and memory grow with the work: `make growth DATA=folder`.

    python -m benchmarks.growth FILE [--folder RUNS] [--most ROWS] [--asked N] [--only a,b] [--output DOCS]
                                [--report]

FILE is a question file with contexts, as for `qa eval`. Each measurement runs in its own process, and its
figures are written to RUNS/growth.json as it ends; a table and a picture to DOCS/benchmarks.md and
DOCS/images/growth.png. Times are processor times. Retrieval from up to a million passages uses synthetic
articles and vectors, since embedding real ones would take hours: see `benchmarks.scale`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.growth_report import write
from benchmarks.scale import Memory, Real, build, in_new_process
from benchmarks.scale import write as write_articles
from qa import Chatbot, Document
from qa.corpus import Corpus
from qa.evaluation import contexts, load_gold
from qa.reader import Reader
from qa.retrieval import HybridRetriever

Points = list[tuple[float, float]]
"""Pairs of the size and the figure measured."""

ROWS = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
PASSAGES_READ = (1, 2, 5, 10, 20)
QUESTION_WORDS = (5, 10, 20, 40, 80, 120)
CLIENTS = (1, 2, 4, 8, 16)
DOCUMENTS = (25, 50, 100, 200, 400)
QUESTIONS = 24  # their median counts
TEXTS = 100
SAMPLES = 50  # of memory


def by_passages(file: Path, folder: Path, most: int) -> Points:
    """Return the milliseconds to retrieve, by number of passages."""
    real = in_new_process(Real.of, [file], folder)
    points: list[tuple[float, float]] = []
    for rows in ROWS:
        if rows > most:
            break
        corpus = folder / f"{rows}"
        if not corpus.exists():
            in_new_process(write_articles, corpus, real, rows)
        passages = in_new_process(build, corpus, real)["passages"]
        points.append((passages, in_new_process(_to_retrieve, corpus, real)))
        shutil.rmtree(corpus)
    return points


def _to_retrieve(folder: Path, real: Real) -> float:
    from benchmarks.scale import GrownEmbedder

    corpus, embedder = Corpus(folder), GrownEmbedder(real)
    corpus.sync(embedder)
    retriever = HybridRetriever(corpus.index, embedder)
    retriever.retrieve(real.questions[-1])
    return median(_milliseconds(retriever.retrieve, question) for question in real.questions[:200])


def by_passages_read(file: Path) -> Points:
    """Return the milliseconds to read, by number of passages read."""
    bot, questions = _chatbot(file)
    assert isinstance(bot.reader, Reader)
    found = {question: bot.search(question, top_k=max(PASSAGES_READ)) for question in questions}
    return [
        (count, median(_milliseconds(bot.reader.read, one, found[one][:count]) for one in questions))
        for count in PASSAGES_READ
    ]


def by_question_words(file: Path) -> Points:
    """Return the milliseconds to answer, by number of words in a question."""
    bot, questions = _chatbot(file)
    words = " ".join(questions).replace("?", "").split()
    asked = {
        length: [" ".join(words[start : start + length]) + "?" for start in range(0, 8 * QUESTIONS, 8)]
        for length in QUESTION_WORDS
    }
    return [
        (length, median(_milliseconds(bot.ask, question) for question in ones))
        for length, ones in asked.items()
    ]


def by_clients(file: Path) -> Points:
    """Return the processor milliseconds of an answer, by number of threads that ask at once."""
    bot, _ = _chatbot(file)
    questions = sorted({gold.question for gold in load_gold(file)})
    points: list[tuple[float, float]] = []
    for number, clients in enumerate(CLIENTS):
        asked = questions[number :: len(CLIENTS)][: 2 * QUESTIONS]  # none twice: replies are cached
        with ThreadPoolExecutor(clients) as pool:
            taken = _milliseconds(lambda pool, ones: list(pool.map(bot.ask, ones)), pool, asked)
        points.append((clients, taken / len(asked)))
    return points


def by_documents(file: Path) -> Points:
    """Return the seconds to index, by number of documents of one paragraph each."""
    bot, _ = _chatbot(file)
    texts = [document.text for document in contexts(load_gold(file))]
    assert isinstance(bot.retriever, HybridRetriever)
    index, embedder = bot.retriever.index, bot.retriever.embedder
    points: list[tuple[float, float]] = []
    for number in DOCUMENTS:
        documents = [Document(f"{place}", texts[-place]) for place in range(1, number + 1)]
        points.append((number, _milliseconds(index.with_documents, documents, embedder) / 1000))
    return points


def memory_of_questions(file: Path, asked: int) -> Points:
    """Return the process's own memory in megabytes, by number of different questions asked."""
    bot, _ = _chatbot(file, texts=20)
    questions = sorted({gold.question for gold in load_gold(file)})[:asked]
    every = max(1, len(questions) // SAMPLES)
    points: list[tuple[float, float]] = []
    for number, question in enumerate(questions, start=1):
        bot.ask(question, top_k=1)
        if number % every == 0:
            memory = Memory()
            with memory.watched():
                pass
            points.append((number, memory.private / 1e6))
    return points


def _chatbot(file: Path, texts: int = TEXTS) -> tuple[Chatbot, list[str]]:
    """Return a chatbot over the first texts, and questions about them, spread over all of them."""
    gold = load_gold(file)
    documents = contexts(gold)[:texts]
    known = {document.text for document in documents}
    about = sorted({question.question for question in gold if question.context in known})
    bot = Chatbot.from_documents(documents)
    bot.ask(about[-1])
    return bot, about[:: max(1, len(about) // QUESTIONS)][:QUESTIONS]


def _milliseconds(call: Callable[..., object], *arguments: object) -> float:
    begin = time.process_time()
    call(*arguments)
    return 1000 * (time.process_time() - begin)


def main() -> None:
    """Measure, and write the table and the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("runs") / "growth")
    parser.add_argument("--most", type=int, default=ROWS[-1], help="the most passages")
    parser.add_argument("--asked", type=int, default=10_000, help="how many questions memory is watched for")
    parser.add_argument("--only", help="such as passages,memory; the others keep their last figures")
    parser.add_argument("--output", type=Path, default=Path("docs"), help="the folder of the table")
    parser.add_argument("--report", action="store_true", help="write the table of the last run again")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    file: Path = options.file
    measures: dict[str, Callable[[], Points]] = {
        "read": lambda: in_new_process(by_passages_read, file),
        "words": lambda: in_new_process(by_question_words, file),
        "clients": lambda: in_new_process(by_clients, file),
        "documents": lambda: in_new_process(by_documents, file),
        "memory": lambda: in_new_process(memory_of_questions, file, options.asked),
        "passages": lambda: by_passages(file, options.folder, options.most),
    }
    results = options.folder / "growth.json"
    found = json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}
    for name in [] if options.report else (options.only or ",".join(measures)).split(","):
        if name not in measures:
            parser.error(f"no measure {name}: choose from {', '.join(measures)}")
        found[name] = measures[name]()
        results.write_text(json.dumps(found), encoding="utf-8")
        print(name, found[name], file=sys.stderr, flush=True)
    print(write(found, options.output))


if __name__ == "__main__":
    main()
