"""Question generation: rules that turn a plain English sentence into questions that it answers.

The rules cover few words and few sentence patterns, so most sentences yield no question. A bad question does
little harm: it is offered only if the chatbot answers it with the words that it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.documents import Document, Span

MIN_WORDS, MAX_WORDS = 4, 14  # of a question
NEARBY = 2_000  # characters around a one-word name in which it must occur again


def _words(text: str) -> list[str]:
    return text.split()


_REGULAR_VERBS = _words("""
abandon abolish accept achieve acquire adopt announce appoint approve attack attend capture collect commission
compose conclude conquer conduct cover create cross damage declare defeat deliver demolish describe design
destroy develop direct discover discuss donate enter establish expand explain finance found help highlight
host identify improve inherit injure inspect install introduce invade invent join kill launch list locate move
name need obtain offer open organise organize outline own paint plant play praise present produce promise
propose provide publish purchase receive reduce reject release remove repair replace report request reveal
review sign start stress suggest support underline unveil use visit warn welcome
""")
_IRREGULAR_VERBS = _words("""
began:begin bought:buy brought:bring built:build carried:carry chose:choose drew:draw flew:fly fought:fight
found:find gave:give held:hold led:lead lost:lose made:make married:marry met:meet planned:plan
rebuilt:rebuild sent:send sold:sell studied:study taught:teach took:take won:win wrote:write
""")
#: From the past tense to the base form.
_PAST = {base + ("d" if base.endswith("e") else "ed"): base for base in _REGULAR_VERBS}
_PAST |= dict(pair.split(":") for pair in _IRREGULAR_VERBS)

#: From the present tense of one to the base form.
_PRESENT = {base + ("es" if base.endswith(("s", "x", "sh", "ch")) else "s"): base for base in _REGULAR_VERBS}
_PRESENT |= {
    base + "s": base
    for base in _words("bring build choose give hold lead make meet pay send sell take write")
}
_BASE = _PAST | _PRESENT

#: Words that refer to something outside a phrase, or begin another clause. They make a question unclear.
_UNCLEAR = _words("""
i you he she it we they me him her us them my your his its our their this that these those here there then
such same other another both each either neither who whom whose which what when where while why how if whether
because although as than but so not also only however said says including former latter is are was were has
have had be been being do does did will would can could may might must should
""")
_VAGUE = _words("a an all any every few many more most much no none one several some various")

_WORD = r"[^\W_](?:[\w'’.,%\-]*[\w%])?"
_CAPITAL = r"[A-ZÀ-Þ](?:[\w'’.\-]*\w)?"
_NAME = rf"{_CAPITAL}(?: (?:(?:of|for|and|the|de|van|von) ){{0,2}}{_CAPITAL}){{0,8}}"
_SUBJECT = rf"(?P<subject>[Tt]he {_WORD}(?: {_WORD}){{0,5}}?|{_NAME})(?: (?:also|later|then|first))?"
_PAST_TENSE = rf"(?P<verb>{'|'.join(_PAST)})"
_PRESENT_TENSE = rf"(?P<verb>{'|'.join(_PRESENT)})"
_PASSIVE = r"(?P<be>was|were)"
_PARTICIPLE = r"(?:\w+ed|born|built|cut|found|held|laid|led|lost|made|sold|won|\w+wn|\w+tten)"
#: An object, as far as a rule can tell: no preposition follows the verb.
_OBJECT = (
    r"(?!(?:as|at|by|down|for|from|in|into|of|on|out|over|to|up|with) )"
    rf"(?:(?:an?|the) {_WORD}, )??{_WORD}(?: (?:(?:an?|the) {_WORD}, )??{_WORD}){{0,13}}?"
)
_REST = rf"(?P<rest>{_PARTICIPLE}(?: {_WORD}){{0,8}}?)"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1\d|20)\d\d\b"
_DAY = rf"(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}})"
_DATE = rf"(?P<answer>{_DAY},? {_YEAR}|{_MONTH} {_YEAR}|{_DAY}|{_YEAR})"
_NUMBER = r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty)"
_COUNTED = rf"(?P<answer>{_NUMBER}) (?P<things>(?:[a-z\-]+ ){{0,2}}?(?:[a-z\-]+s|people|men|women|children))"
_AMOUNT = r"(?P<answer>[$£€]?\d[\d,.]*\d(?: ?(?:%|[a-z]+))?|[$£€]?\d(?: ?(?:%|[a-z]+))?)"
#: Where a clause may end: at a punctuation mark, or a word that begins another clause.
_END = (
    r"(?=\W*$|[;:] |, (?:after|an?|and|as|because|before|but|the|when|where|which|while|who|with|\w+ing) "
    r"| (?:and|but) (?:\w+ed|was|were|is|are)\b"
    r"| (?:after|as|because|before|when|where|which|while|who) )"
)
#: Where an answer may end: also at a preposition.
_STOP = rf"(?:{_END}|(?= (?:and|at|by|during|for|from|in|on|to|with) ))"

_PERSON = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sir|Lord|Lady|King|Queen|Prince|Princess|Emperor|President|Minister|Chancellor"
    r"|Senator|Governor|Mayor|Captain|General|Professor|Bishop|Pope|[a-z]+ists?|authors?|children|diplomats?"
    r"|engineers?|mayors?|men|ministers?|officers?|officials?|owners?|people|players?|police|presidents?"
    r"|residents?|students?|teachers?|women|workers?)\b"
)
_DO = {"has": "does", "have": "do", "had": "did"}

#: The question word, the sentence and the question. `{base}` is the base form of the verb in the past tense.
#: A space matches any white space, since a sentence may run over several lines.
_RULES = [
    (kind, re.compile(sentence.replace(" ", r"\s+")), question)
    for kind, sentence, question in (
        ("who", rf"(?P<answer>{_WORD}(?: {_WORD}){{0,15}}?) {_PAST_TENSE} (?P<rest>{_OBJECT}){_END}",
         "Who {verb} {rest}?"),
        ("what", rf"{_SUBJECT} {_PAST_TENSE} (?P<answer>{_OBJECT}){_END}", "What did {subject} {base}?"),
        ("what", rf"{_SUBJECT} {_PRESENT_TENSE} (?P<answer>{_OBJECT}){_END}", "What does {subject} {base}?"),
        ("what is", rf"{_SUBJECT} (?P<be>is|are|was|were) {_AMOUNT}(?=[,;:] |\W*$)", "What {be} {subject}?"),
        ("when", rf"{_SUBJECT} (?P<be>is|are|was|were) (?:in|on) {_DATE}{_STOP}", "When {be} {subject}?"),
        ("by", rf"{_SUBJECT} {_PASSIVE} (?P<rest>{_PARTICIPLE}) by (?P<answer>{_NAME}){_STOP}",
         "Who {be} {subject} {rest} by?"),
        ("when", rf"{_SUBJECT} {_PASSIVE} {_REST} (?:in|on) {_DATE}{_STOP}", "When {be} {subject} {rest}?"),
        ("when", rf"(?:In|On) {_DATE},? {_SUBJECT} {_PASSIVE} {_REST}{_END}", "When {be} {subject} {rest}?"),
        ("when", rf"{_SUBJECT} {_PAST_TENSE} (?P<rest>{_OBJECT}) (?:in|on) {_DATE}{_STOP}",
         "When did {subject} {base} {rest}?"),
        ("where", rf"{_SUBJECT} (?P<be>is|are|was|were) (?P<rest>based|born|built|buried|held|located)"
         rf" (?:in|at|near|on) (?P<answer>(?!{_MONTH})(?:the )?{_NAME}){_STOP}",
         "Where {be} {subject} {rest}?"),
        ("why", rf"{_SUBJECT} {_PASSIVE} {_REST},? because (?!of )(?P<answer>[^.;:!?]{{8,100}}){_END}",
         "Why {be} {subject} {rest}?"),
        ("how many", rf"{_SUBJECT} (?P<have>has|have|had) {_COUNTED}{_END}",
         "How many {things} {do} {subject} have?"),
        ("how many", rf"There (?P<be>are|were) {_COUNTED} (?P<rest>in {_OBJECT}){_END}",
         "How many {things} {be} there {rest}?"),
        ("how", rf"{_SUBJECT} (?P<be>is|are|was|were) (?P<answer>{_NUMBER} (?:[a-z]+s|feet))"
         rf" (?P<rest>deep|high|long|old|tall|wide){_END}", "How {rest} {be} {subject}?"),
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeneratedQuestion:
    """A question and its expected answer.

    Attributes:
        question: The question.
        document: The document that answers it.
        answer: The words of the document that answer it.
        kind: The question word, such as "when".
        named: Whether the question contains a name.
    """

    question: str
    document: Document
    answer: Span
    kind: str
    named: bool


def generate_questions(document: Document, sentence: Span) -> Iterator[GeneratedQuestion]:
    """Yield the questions that a sentence of the document answers.

    Args:
        document: The document.
        sentence: The sentence in the document's text.
    """
    for kind, pattern, template in _RULES:
        match = pattern.match(document.text, sentence.start, sentence.end)
        if match is None or not _is_answer_to(kind, document, match):
            continue
        words = match.groupdict()
        subject = words.get("subject")
        if _is_unclear(f"{subject} {words.get('rest')}"):
            continue
        if subject is not None:
            if not _is_definite(document, Span(*match.span("subject"))):
                continue
            words["subject"] = re.sub("^The", "the", subject)
        words |= {"base": _BASE.get(words.get("verb", "")), "do": _DO.get(words.get("have", ""))}
        question = " ".join(template.format(**words).split())
        if MIN_WORDS <= len(question.split()) <= MAX_WORDS:
            named = re.search(" [A-ZÀ-Þ]", question) is not None
            yield GeneratedQuestion(question, document, Span(*match.span("answer")), kind, named)


def _is_unclear(text: str) -> bool:
    """Return whether a word refers to something outside the text; "they've" counts as "they"."""
    return any(re.split("['’]", word)[0] in _UNCLEAR for word in text.lower().split())


def _is_definite(document: Document, subject: Span) -> bool:
    """Return whether a subject is a name, or a noun with "the"."""
    first, *more = document[subject].split()
    if first.lower() in _VAGUE or (more and more[-1].endswith("est")):  # "the largest" of what?
        return False
    if more:
        return True
    # A single word may be capitalised only because it begins the sentence. A name is capitalised anywhere.
    text = document.text
    around = text[max(0, subject.start - NEARBY) : subject.start] + text[subject.end : subject.end + NEARBY]
    return any(f" {word} {first}" in around for word in ("and", "by", "for", "from", "in", "of", "the", "to"))


def _is_answer_to(kind: str, document: Document, match: re.Match[str]) -> bool:
    """Return whether the question word fits the answer."""
    answer = match["answer"]
    if kind == "what":
        return answer[0].islower() and _PERSON.search(answer) is None and not _is_unclear(answer)
    if kind != "who":
        return True
    if _is_unclear(answer) or answer.split()[0].lower() in _VAGUE:
        return False
    # A name of two or three words is a person's if "he" or "she" follows soon.
    name = re.fullmatch(rf"{_CAPITAL}(?:\s+{_CAPITAL}){{1,2}}", answer)
    following = document.text[match.end("answer") : match.end("answer") + 250]
    pronoun = re.search(r"\b(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er)\b", following)
    return _PERSON.search(answer) is not None or (name is not None and pronoun is not None)
