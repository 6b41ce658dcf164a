"""Cluster: the same index on several machines, with Ray."""

from __future__ import annotations

from qa.cluster.running import cluster_chatbot, cluster_corpus
from qa.cluster.service import Service
from qa.cluster.shard import Shard
from qa.cluster.sharded_corpus import ShardedCorpus
from qa.cluster.sharded_index import ShardedIndex
from qa.cluster.shards import LocalShards, Shards

__all__ = [
    "LocalShards",
    "Service",
    "Shard",
    "ShardedCorpus",
    "ShardedIndex",
    "Shards",
    "cluster_chatbot",
    "cluster_corpus",
]
