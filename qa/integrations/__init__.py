"""LangChain, Haystack, and texts from search engines; see `docs/frameworks.md`."""
