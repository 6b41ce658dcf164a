"""English stop words: words that BM25 ignores in questions and texts."""

from __future__ import annotations

# The list of bm25s (see NOTICE) without its single letters other than "a" and "i", which that list
# has for tokenizers that split contractions. Here "vitamin D" keeps its D.
_WORDS = """
a about above after again against ain all am an and any are aren aren't as at be because been before
being below between both but by can couldn couldn't did didn didn't do does doesn doesn't doing don
don't down during each few for from further had hadn hadn't has hasn hasn't have haven haven't
having he her here hers herself him himself his how i if in into is isn isn't it it's its itself
just ll ma me mightn mightn't more most mustn mustn't my myself needn needn't no nor not now of off
on once only or other our ours ourselves out over own re same shan shan't she she's should should've
shouldn shouldn't so some such than that that'll the their theirs them themselves then there these
they this those through to too under until up ve very was wasn wasn't we were weren weren't what
when where which while who whom why will with won won't wouldn wouldn't you you'd you'll you're
you've your yours yourself yourselves
"""
STOP_WORDS = frozenset(_WORDS.split())
