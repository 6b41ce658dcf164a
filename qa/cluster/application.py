"""Ray Serve application: shards, readers, and the page and endpoints in front."""

from __future__ import annotations

import logging
import time
from threading import Thread
from typing import Any
from urllib.request import urlopen

from qa.chatbot import Chatbot
from qa.cluster.ray_readers import RayReaders
from qa.cluster.service import Service
from qa.errors import QAError
from qa.page import open_page
from qa.server import programs

log = logging.getLogger(__name__)

FRONT = "front"
"""The resource of the node that runs the page, so that the page's address is known."""

HEALTH_SECONDS = 10.0

FOLLOW_SECONDS = 1.0
"""Seconds between checks for a new state of the index folder."""


def application(arguments: dict[str, Any]) -> Any:
    """Build the application. The configuration of Ray Serve calls this.

    Args:
        arguments: The attributes of a `Service`.
    """
    from ray import serve

    service = Service.of(arguments)

    class Front:
        """The page and the endpoints, on a port of their own: Gradio keeps sessions in one process."""

        def __init__(self, readers: Any) -> None:
            chatbot = service.chatbot(RayReaders(readers))
            self.page = open_page(chatbot, host=service.host, port=service.port, beside=programs())
            Thread(target=_follow, args=[chatbot], daemon=True).start()

        def check_health(self) -> None:
            with urlopen(f"http://127.0.0.1:{service.port}/health", timeout=HEALTH_SECONDS):
                pass

    return serve.deployment(
        name="front",
        ray_actor_options={"num_cpus": 1, "resources": {FRONT: 0.001}},
        health_check_period_s=5,
        health_check_timeout_s=HEALTH_SECONDS,
        graceful_shutdown_timeout_s=5,
    )(Front).bind(service.readers())


def _follow(chatbot: Chatbot) -> None:
    """Keep the chatbot up to date with the index folder, forever."""
    while True:
        time.sleep(FOLLOW_SECONDS)
        try:
            chatbot.refresh()
        except QAError as error:
            log.warning("%s", error)
