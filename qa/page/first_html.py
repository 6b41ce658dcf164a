"""First HTML: styles and scripts are part of the HTML response, not added once Gradio runs."""

from __future__ import annotations

from qa.page.asgi import App, Message, Receive, Scope, Send

END_OF_HEAD = b"</head>"


class FirstHtml:
    """An ASGI application around Gradio's, which would add a `head` only after the page has been drawn.

    Args:
        app: Gradio's application.
        head: The HTML to add to the head of the page.
    """

    def __init__(self, app: App, head: str) -> None:
        self.app, self._head = app, head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the head added if it is for the page."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_page(scope):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = b""

        async def send_with_head(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            with_head = body.replace(END_OF_HEAD, self._head + END_OF_HEAD, 1)
            headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
            length = (b"content-length", str(len(with_head)).encode())
            await send({**start, "headers": [*headers, length]})
            await send({**message, "body": with_head})

        await self.app(scope, receive, send_with_head)


def _is_page(scope: Scope) -> bool:
    return scope["path"].removeprefix(scope.get("root_path", "")) in {"", "/"}
