"""English, as far as the rules that make questions know it: words of a kind, and shapes of phrases."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return {first: second for first, _, second in (pair.partition(":") for pair in text.split())}


PAST = _pairs(
    """
    abandoned:abandon abolished:abolish acquired:acquire adopted:adopt announced:announce
    appointed:appoint arrived:arrive attacked:attack banned:ban became:become began:begin bought:buy
    brought:bring built:build burned:burn burnt:burn came:come captured:capture caught:catch
    chose:choose collapsed:collapse collected:collect commissioned:commission composed:compose
    conquered:conquer crossed:cross declared:declare defeated:defeat demolished:demolish
    departed:depart destroyed:destroy died:die discovered:discover donated:donate drew:draw
    drowned:drown elected:elect entered:enter escaped:escape established:establish expanded:expand
    fell:fall fled:flee flew:fly formed:form fought:fight found:find founded:found gave:give
    graduated:graduate grew:grow held:hold hired:hire hosted:host inherited:inherit installed:install
    introduced:introduce invaded:invade invented:invent invited:invite joined:join killed:kill
    launched:launch lent:lend lived:live lost:lose made:make married:marry met:meet moved:move
    obtained:obtain occurred:occur opened:open painted:paint planted:plant produced:produce
    published:publish purchased:purchase ran:run rebuilt:rebuild received:receive refused:refuse
    released:release removed:remove replaced:replace resigned:resign restored:restore retired:retire
    returned:return sailed:sail sank:sink sent:send sold:sell spent:spend started:start stole:steal
    stopped:stop succeeded:succeed surrendered:surrender taught:teach threw:throw told:tell took:take
    translated:translate travelled:travel traveled:travel visited:visit voted:vote went:go won:win
    worked:work wrote:write
    """
)
"""Verbs that are hardly ever anything else, from their past to their plain form."""

PRESENT = _pairs(
    """
    begins:begin belongs:belong closes:close comprises:comprise contains:contain costs:cost
    covers:cover employs:employ holds:hold includes:include lasts:last lies:lie lives:live needs:need
    offers:offer opens:open produces:produce requires:require serves:serve starts:start stands:stand
    takes:take uses:use weighs:weigh
    """
)
"""The same of the present."""

#: Whole with nothing after them.
INTRANSITIVE = _words(
    """
    arrived began burnt came closed collapsed cost departed died drowned ended escaped failed fell
    fled graduated lasted married occurred opened resigned retired returned sank started stayed
    stopped surrendered voted begins closes costs lasts opens starts weighs
    """
)

BE = _words("is are was were")
HAVE = {"has": "does", "have": "do", "had": "did"}
MODALS = _words("can could may might must should will")
VERBS = frozenset({*PAST, *PRESENT, *BE, *HAVE, *MODALS})

LEANING = _words(
    """
    i you he she it we they me him her us them his its our your their hers ours yours theirs my mine
    itself himself herself themselves this that these those here there then thus such same other
    others another former latter who whom whose which what when where while why how if whether because
    since although though unless until than as so but nor yet not also too however only both either
    neither each according aged due including be been being am having do does did would shall said
    says
    """
)
"""Words that lean on what stands elsewhere, or begin another clause."""

#: A phrase does not end with them.
LOOSE = _words(
    """
    a an the of in on at by to for from with into over under about after before between during against
    through near very more most
    """
)
#: What they are said of is no one thing to ask about.
VAGUE = _words("a an all any every few further many most much no none several some various")
PREPOSITIONS = _words(
    """
    of in on at by to for from with into over under about after before during against through near
    """
)
TITLES = (
    "Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|King|Queen|Prince|Princess|Emperor|Empress|President|Minister|Chancellor"
    "|Senator|Governor|Mayor|Captain|Colonel|General|Admiral|Professor|Bishop|Pope|Count|Countess|Duke"
    "|Duchess|Judge"
)
#: In names that are not a person's.
BODIES = _words(
    """
    academy agency alliance army assembly association bank board bureau church city club college
    commission committee company congress convention corporation council county court department
    empire federation force forces foundation fund government group house inc institute island kingdom
    league ltd ministry museum network office organization organisation parliament party press records
    republic river school senate service society state states street studios team treaty union
    university war
    """
)
#: With a place after them, or after `is`, they say where something is.
SETTLED = _words("located situated held born built buried based signed published founded made")
STAY = _words(
    """
    lived died met married landed arrived moved went fled travelled sailed lives lies stands
    """
)
TOOK_PLACE = {("took", "place"), ("grew", "up")}
#: What people do to people.
COMPANY = _words("hosted invited joined killed married met defeated succeeded replaced")
PARTICIPLE = re.compile(
    r"\s*(?:not )?(?:\w+(?:ed|en|wn|[^t]un|ung|ught)|made|held|built|sold|born|found|lost|sent|left|cut|led"
    r"|put|won|set|paid|lit)\b"
)
#: Participles of what no one does, or to which no one is asked for.
STATES = _words(
    """
    affected accompanied bordered bounded caused considered covered damaged defined destroyed divided
    dominated dubbed enclosed encouraged followed hampered hit influenced inspired joined named
    preceded powered regarded represented required separated served shared supported surrounded
    watered
    """
)
#: What people are.
ROLES = _words(
    """
    actor actress ambassador architect artist athlete author brother captain chairman champion
    chancellor chief child coach commander composer daughter designer director editor emperor engineer
    father founder governor head host husband inventor king leader manager mayor member mentor
    minister mother musician nominee officer owner painter person player poet president professor
    queen ruler scientist secretary senator singer sister son star successor teacher wife winner
    writer
    """
)
#: Participles, other than those in -ed, to the past, of what is done on purpose.
DEEDS = {
    "built": "built", "chosen": "chose", "drawn": "drew", "given": "gave", "held": "held", "led": "led",
    "made": "made", "rebuilt": "rebuilt", "run": "ran", "sold": "sold", "sung": "sang", "taken": "took",
    "taught": "taught", "won": "won", "written": "wrote",
}  # fmt: skip


_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_YEAR = r"(?:1\d{3}|20\d{2})\b(?![,.]?\d)"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = rf"(?:{_DAY} {_MONTH}(?:,? {_YEAR})?|{_MONTH} {_DAY},? {_YEAR}|{_MONTH} {_YEAR}|{_YEAR})"
WORD = r"[^\W\d_](?:[\w'’\-]*\w)?"
HE = r"(?i:he|she|his|her|him)"


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern whose every space stands for any white space: a sentence may run over lines."""
    return re.compile(pattern.replace(" ", r"\s+"))


DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_FIGURE = rf"{DIGITS}(?: (?:hundred|thousand|million|billion))?"
_SPELT = "(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)"
_ABOUT = "(?:about|around|nearly|almost|over|some|approximately|more than|at least)"
NUMBER = rf"(?:{_ABOUT} )?(?:{_FIGURE}|{_SPELT}(?: hundred| thousand| million)?)"
_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ](?:[\w'’\-]*\w)?|[A-Z]\.)"
NAME = rf"{_CAPITAL}(?: (?:of |de |du |von |van |al-|& )?{_CAPITAL}){{0,4}}"
#: Its "million" after digits is a word like any: two ways to read it would be tried for each of them.
REST = rf"(?P<rest>(?: (?:(?:an?|the) {WORD}, {WORD}|{WORD}|{DIGITS}))*?)"
_DID = "|".join(PAST)
#: What may follow a phrase that is taken whole.
END = (
    r"(?=[.!?]\W*$|;|$|, (?:and|but|which|who|where|when|while|with|after|before|as|[a-z]+ing)\b"
    rf"| and (?:{_DID}|[a-z]+ed) )"
)
#: What may follow an answer.
ON = r"(?=[.,;!?](?:\s|$)|$| (?:and|at|by|in|on|to|for|after|when|with|where|because|while|until|as) )"
UNIT = "(?:second|minute|hour|day|week|month|year|decade)"
LENGTH = "(?:met(?:re|er)s|kilomet(?:re|er)s|centimet(?:re|er)s|feet|inches|miles|yards|km|cm|m|years)"
MONEY = rf"(?:[$£€]{_FIGURE}|{NUMBER} (?:dollars|euros|pounds|crowns|guilders|francs|yen|cents))"

_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
TIME = rf"(?:(?:{_WEEKDAY},? )?{DATE}|{_WEEKDAY}s?(?: (?:morning|afternoon|evening|night))?)"
HOUR = r"(?:\d{1,2}(?:[:.]\d{2})? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)|\d{1,2}[:.]\d{2}|noon|midnight)"
