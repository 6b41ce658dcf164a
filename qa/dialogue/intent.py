"""Intent: whether the user's input is a question about the documents, and if not, what it wants instead.

The rules are narrow: anything that they do not recognise is a question. None of the 10,570 questions of SQuAD
1.1 dev is taken for anything else; see tests/dialogue/test_intent.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qa.dialogue.languages import language
from qa.dialogue.words import AUXILIARIES, FUNCTION_WORDS, IMPERATIVES, WH_WORDS, WORD

Kind: TypeAlias = Literal[
    "question",
    "keywords",
    "greeting",
    "thanks",
    "help",
    "identity",
    "guide",
    "documents",
    "headings",
    "section",
    "task",
    "command",
    "language",
    "unclear",
    "nonsense",
]

MOST_KEYWORDS = 6

_POLITE = (
    r"(?:(?:please|pls|ok(?:ay)?|so|well|and|now|hey|hi|hello|great|cool|perfect|nice)[\s,]+)*"
    r"(?:(?:can|could|would|will) (?:you|u) (?:please )?)?"
)
_END = r"(?:[\s,]+(?:please|pls|to me|for me|now|quickly|briefly|in short|thanks))*[\s.!?]*"
_TEXT = r"(?:documents?|docs?|files?|texts?|articles?|pages?|papers?|corpus|content|everything|sources?)"
_THIS = (
    rf"(?:(?:all )?(?:of )?(?:the |your |this |these |my |it|them|that)?\s*{_TEXT}?(?: (?:here|say|about))*)"
)


def _whole(phrases: str) -> re.Pattern[str]:
    """Return a pattern that matches a whole input: one of the phrases, one a line, with polite words."""
    lines = [line.strip() for line in phrases.splitlines() if line.strip()]
    return re.compile(rf"{_POLITE}(?:{'|'.join(lines)}){_END}", re.IGNORECASE)


# ruff: noqa: E501 - a phrase is one line
_RULES: dict[Kind, re.Pattern[str]] = {
    "greeting": _whole(
        r"""
        (?:hi+|hello+|hey+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|welcome|test(?:ing)?)(?:[\s,]+(?:there|all|everyone|bot|again|verbatim|you|friend|world|how are you.*))*
        how are you(?: doing)?(?: today)?
        how(?:'s| is) it going
        what(?:'s| is) up
        nice to meet you
        """
    ),
    "thanks": _whole(
        r"""
        (?:ok(?:ay)?[\s,]+)?(?:many )?(?:thanks?|thank you|thx|ty|cheers)(?:[\s,]+(?:you|so much|very much|a lot|again|bot|for (?:that|your help|the help)))*
        ok(?:ay)?|great|cool|nice|perfect|awesome|got it|i see|well done|lol|haha|wow
        good(?: job| bot| answer)?
        right|yes|no|yep|nope|correct|wrong
        that(?:'s| is) (?:right|wrong|correct|great|not true)
        (?:good)?bye|see you(?: later)?|good night|ciao
        """
    ),
    "help": _whole(
        r"""
        help(?: me)?|i need (?:some )?help|instructions
        how (?:does|do) (?:this|it|you) work
        how (?:do|can|should) i (?:use|ask) (?:this|it|you)
        what (?:should|can|do|could) i (?:ask|do|type|say)(?: (?:you|here))?
        i (?:don't|do not) know what to ask
        what (?:can|do|could) you (?:do|know|answer)(?: for me)?
        can you help(?: me)?
        what are you (?:good )?for|what is your purpose
        (?:give me )?(?:some )?(?:examples?|(?:example|sample) questions)
        """
    ),
    "identity": _whole(
        r"""
        (?:who|what) (?:are|r) (?:you|u)|what(?:'s| is) your name|do you have a name
        who (?:made|built|created|wrote|programmed) you
        (?:are you|is (?:this|it)) (?:an? )?(?:real|human|person|robot|bot|ai|machine|alive|chat ?gpt|gpt|llm|language model)(?: person)?
        (?:which|what) (?:language )?model (?:are you|do you use|is this)
        what is this(?: (?:site|app|tool|program|thing|chatbot|bot))?
        how old are you|where (?:are|do) you (?:from|live|come from)
        """
    ),
    "documents": _whole(
        rf"""
        (?:which|what) {_TEXT} (?:are|is) (?:there|here|loaded|available|indexed)
        (?:which|what) {_TEXT} do you (?:have|know)|what do you have
        (?:list|show)(?: me)? (?:all )?(?:of )?(?:the |your |my )?{_TEXT}
        how many {_TEXT} (?:are there|do you have)
        (?:which|what) {_TEXT} can i ask(?: about)?
        """
    ),
    "headings": _whole(
        r"""
        (?:list|show|give|what are)(?: me)? (?:all )?(?:of )?(?:the |its )?(?:headings|sections|chapters|headlines|outline)(?: of (?:the|this) (?:document|text|article))?
        (?:what|which) (?:headings|sections|chapters) (?:are|does it have|do they have)(?: there| in (?:it|the text|the document))?
        (?:show (?:me )?)?(?:the )?(?:table of contents|contents|toc|outline)
        """
    ),
    "guide": _whole(
        rf"""
        what(?:'s| is| are|s) (?:this|these|it|{_THIS}) (?:all )?about
        what (?:does|do) {_THIS} (?:say|talk about|cover|deal with)
        (?:give (?:me )?|write |make )?(?:an? |the )?(?:short |brief |quick )?(?:summary|overview|tl;?dr|gist|abstract)(?: of {_THIS})?
        summari[sz]e(?: {_THIS})?|sum {_THIS} up|sum up {_THIS}
        (?:what are |list |give me |tell me )?(?:the )?(?:main|key|most important) (?:points?|ideas?|topics?|facts?|takeaways?)(?: of {_THIS})?
        (?:what|which) (?:topics?|subjects?|themes?) (?:(?:are|is) (?:covered|discussed|there)(?: here)?|does {_THIS} cover)
        tell me about {_THIS}|describe {_THIS}
        """
    ),
    "command": _whole(
        r"""
        (?:ignore|disregard|forget|override) .*\b(?:instructions?|prompts?|rules|above|before|said)\b.*
        (?:you are now|act as|act like|pretend (?:to be|you|that)|roleplay|from now on|repeat after me|say (?:hello|hi|something|nothing|that you))\b.*
        (?:show|reveal|print|tell|what(?:'s| is))(?: me| us)? (?:your|the) (?:system )?(?:prompt|instructions)
        (?:delete|remove|open|close|upload|download|save|add|clear|reset|restart|stop|quit|exit|undo|print|send)(?: (?:it|this|that|everything|all|me|the|my|your|a|an))*(?: (?:documents?|files?|chat|conversation|history|page|email|mail|app))?
        start over
        (?:tell|sing|play)(?: me| us)? (?:an? )?(?:joke|song|story|poem|music|game)
        i (?:love|hate) you
        you(?:'re| are) (?:stupid|dumb|useless|great|wrong|bad|awesome|funny|nice)
        (?:fuck|shit|damn)\b.*
        """
    ),
}

_TASK = re.compile(
    rf"{_POLITE}(?P<verb>translate|summari[sz]e|sum up|rewrite|rephrase|paraphrase|shorten|proofread|draft|compose"
    r"|calculate|compute|compare|write(?: (?:me|us))?(?= (?:an?|the|some|about|code)\b)"
    r"|(?:make|create|generate|draw)(?: (?:me|us))?"
    r"(?= an? (?:table|list|poem|quiz|picture|image|chart|diagram|summary|graph|story|essay|letter|email)\b))"
    r"(?!\w)\s*(?P<rest>.*)",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:what(?:'s| is) |how much is |calculate )?[\d\s.,()]*\d\s*[-+*/x×÷^]\s*\d[\d\s.,()+*/x×÷^-]*=?[\s?]*",
    re.IGNORECASE,
)
_KEYBOARD = re.compile(r"(?:asdf|sdfg|dfgh|fghj|hjkl|qwer|wert|zxcv|xcvb|yxcv|qwert)", re.IGNORECASE)
_NO_VOWEL = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}", re.IGNORECASE)
_REPEATED = re.compile(r"(\w)\1{3,}")


@dataclass(frozen=True, slots=True)
class Intent:
    """What the user's input wants.

    Attributes:
        kind: "question" if it asks something about the documents, "keywords" if it only names a topic. Whether
            a question is a request for a "section" is decided later, by the headings of the documents.
        words: The input; of a "task" only its object.
        detail: The name of the "language", the id of the one document of a "guide", or "topic" if "keywords"
            are a single topic; else "".
    """

    kind: Kind
    words: str
    detail: str = ""


def intent(typed: str) -> Intent:
    """Return what the user's input wants.

    Args:
        typed: The input, not blank.
    """
    words = " ".join(typed.replace("’", "'").split())
    if not any(character.isalnum() for character in words):
        return Intent("help" if set(words) <= set("? ") else "nonsense", words)
    for kind, rule in _RULES.items():
        if rule.fullmatch(words):
            return Intent(kind, words)
    if _SUM.fullmatch(words):
        return Intent("task", "")
    task = _TASK.fullmatch(words)
    if task is not None and not (words.endswith("?") and words.lower().startswith(task["verb"].lower())):
        return Intent("task", task["rest"].strip(" .!?:"))
    other = language(words)
    if other is not None:
        return Intent("language", words, other)
    if _is_nonsense(words):
        return Intent("nonsense", words)
    return Intent("keywords" if _is_keywords(words) else "question", words)


def _is_nonsense(words: str) -> bool:
    """Whether words are a single letter or random keystrokes."""
    if len(words) == 1:
        return not words.isdigit()
    if " " in words or not words.isalpha() or not words.isascii() or words.isupper():
        return False
    return any(rule.search(words) for rule in (_KEYBOARD, _NO_VOWEL, _REPEATED))


def _is_keywords(words: str) -> bool:
    """Whether words are a few keywords, neither a question nor a request: "wifi password"."""
    found = [word.group().lower() for word in WORD.finditer(words)]
    if words.rstrip().endswith(("?", ".", "!")) or len(found) > MOST_KEYWORDS or found[0] in IMPERATIVES:
        return False
    return (
        not any(word in WH_WORDS or word in AUXILIARIES for word in found)
        and not set(found) <= FUNCTION_WORDS
    )
