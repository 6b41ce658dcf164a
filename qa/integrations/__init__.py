"""Integrations with LangChain, Haystack and search engines; see `docs/frameworks.md`."""
