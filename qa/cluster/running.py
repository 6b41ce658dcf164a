"""Running on a cluster: the chatbot of `qa serve --cluster`, the corpus of `qa index --cluster`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qa.chatbot import Chatbot
from qa.cluster.cluster_update import ClusterUpdate
from qa.cluster.ray_cluster import connect, make_parts
from qa.cluster.ray_readers import RayReaders
from qa.cluster.service import Service
from qa.corpus import Corpus
from qa.index import PACKAGED_EMBEDDER, load_embedder
from qa.storage import RemotePath


def cluster_chatbot(address: str, service: Service) -> Chatbot:
    """Return a chatbot whose index and reader are on a cluster. They keep running when this process ends.

    Args:
        address: The address of the cluster, see `connect`.
        service: The service to run.

    Raises:
        QAError: Ray is not installed, or there is no cluster at the address.
        CorpusError: There is no index, or it was made with another model.
        ModelError: A model cannot be loaded.
        UnavailableError: A shard does not answer.
    """
    service.corpus.folder.listing()  # a missing folder fails before anything is started
    connect(address)
    return service.chatbot(RayReaders.deploy(service.readers()))


def cluster_corpus(address: str, folder: Path | RemotePath, *, embedder: str = PACKAGED_EMBEDDER) -> Corpus:
    """Return a corpus whose files are parsed and embedded by the nodes of a cluster.

    Args:
        address: The address of the cluster, see `connect`.
        folder: The corpus folder, which every node must reach under this path.
        embedder: The name of the model.

    Raises:
        QAError: Ray is not installed, or there is no cluster at the address.
    """
    connect(address)
    work = partial(make_parts, partial(load_embedder, embedder))
    return Corpus(folder.absolute(), update=partial(ClusterUpdate, work))
