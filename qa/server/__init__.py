"""Endpoints for programs: plain HTTP, OpenAI-compatible API, MCP on standard input and output."""

from __future__ import annotations

from qa.server.options import programs
from qa.server.stdio import serve_stdio

__all__ = ["programs", "serve_stdio"]
