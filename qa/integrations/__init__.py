"""Frameworks: a retriever for LangChain, a component for Haystack, each with the extra of its name."""
