"""This package."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from benchmarks.peers.system import System
from qa import Chatbot, Document


class Verbatim(System):
    """This package through its public interface, with its own copies of the models.

    Settings: `bfloat16`, False to compute as on a processor without instructions for it; `openvino`, True to
    compute with OpenVINO, which is in the environment.
    """

    distributions = ()

    bot: Chatbot

    def index(self, texts: Sequence[str]) -> None:
        """Index in memory."""
        self._set_computing()
        self.bot = Chatbot.from_documents(
            [Document(f"text-{number}", text) for number, text in enumerate(texts)]
        )

    def answer(self, question: str) -> str:
        """Return the likeliest answer, even if it would not be shown."""
        reply = self.bot.ask(question, min_confidence=0.0)
        self.passages = [passage.text for passage in reply.passages]
        return "" if reply.answer is None else reply.answer.text

    def save(self, texts: Sequence[str], folder: Path) -> None:
        """Write the texts to files and index these, since only the index of a folder is kept on disk."""
        for number, text in enumerate(texts):
            (folder / f"text-{number}.txt").write_text(text, encoding="utf-8")
        Chatbot.from_corpus(folder)

    def load(self, folder: Path) -> None:
        """Open the folder. Its files are compared with the index."""
        self._set_computing()
        self.bot = Chatbot.from_corpus(folder)

    def _set_computing(self) -> None:
        os.environ["QA_OPENVINO"] = str(int(self.settings.get("openvino", False)))
        if not self.settings.get("bfloat16", True):
            import torch

            patch.object(torch.cpu, "get_capabilities", dict).start()
