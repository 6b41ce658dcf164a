"""Service: the parameters of a service on a cluster, and its chatbot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from qa.chatbot import Chatbot
from qa.cluster.copied_shards import CopiedShards
from qa.cluster.ray_readers import RayReaders
from qa.cluster.ray_shards import RayCopies
from qa.cluster.readers import ClusterReader, reader_deployment
from qa.cluster.sharded_corpus import ShardedCorpus
from qa.corpus import Corpus
from qa.errors import CorpusError
from qa.index import PACKAGED_EMBEDDER, load_embedder
from qa.reader import PACKAGED_READER, Calibrator, Reader
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from qa.storage import RemotePath, folder_at


@dataclass(frozen=True, slots=True)
class Service:
    """The parameters of a service on a cluster.

    Attributes:
        folder: The corpus folder, which every node must reach under this path.
        shards: The number of shards of the index.
        copies: The number of copies of each shard, and the minimum number of readers, up to `replicas`.
        replicas: Maximum number of readers.
        embedder: The name of the model that made the index.
        reader: The name of the reader.
        host: The address that the page listens on.
        port: Its port.
    """

    folder: Path | RemotePath
    shards: int = 1
    copies: int = 1
    replicas: int = 1
    embedder: str = PACKAGED_EMBEDDER
    reader: str = PACKAGED_READER
    host: str = "127.0.0.1"
    port: int = DEFAULTS.port

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Service:
        """Return the service with these attributes, given by name, as strings or numbers."""
        kinds: dict[str, Callable[[Any], Any]] = {
            "folder": folder_at,
            "shards": int,
            "copies": int,
            "replicas": int,
            "port": int,
        }
        return cls(**{name: kinds.get(name, str)(value) for name, value in arguments.items()})

    @property
    def corpus(self) -> Corpus:
        """The folder and its index."""
        return Corpus(self.folder.absolute())

    def readers(self) -> Any:
        """Return the deployment of the readers."""
        load, least = partial(Reader.load, self.reader), min(self.copies, self.replicas)
        return reader_deployment(load, Calibrator.load(), replicas=self.replicas, least=least, cores=1.0)

    def chatbot(self, readers: RayReaders) -> Chatbot:
        """Start the shards, and return a chatbot that asks them and the readers.

        Raises:
            CorpusError: There is no index, or it was made with another model.
            ModelError: A model cannot be loaded.
            UnavailableError: A shard does not answer.
        """
        copies = RayCopies(self.corpus.index_folder, self.shards, self.copies)
        corpus = ShardedCorpus(self.corpus, CopiedShards(copies))
        embedder = load_embedder(self.embedder)
        if corpus.index.snapshot.settings.embedder != embedder.digest:
            raise CorpusError(f"the index was not made with {self.embedder}: run qa index to rebuild it")
        retriever = HybridRetriever(corpus.index, embedder)
        return Chatbot(retriever, ClusterReader(readers), Calibrator.load(), corpus=corpus)
