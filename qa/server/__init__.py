"""Endpoints for programs: a plain HTTP API, an OpenAI-compatible API, and MCP over stdio."""

from __future__ import annotations

from qa.server.options import programs
from qa.server.stdio import serve_stdio

__all__ = ["programs", "serve_stdio"]
