"""Words and their opposites."""

from __future__ import annotations

#: Words that a prefix turns into their opposites.
NEGATED = {
    "un": """
        able acceptable affected authorized available aware certain changed clear comfortable comfortably
        common conscious constitutional conventional covered credited defeated developed employed
        employment expected fair familiar fit fortunate fortunately happy harmed identified inhabited
        known lawful like likely limited manned married natural necessary noticed official officially
        opposed pleasant popular predictable reasonable related reliable safe satisfied seen signed
        specified stable successful successfully suitable sure titled touched used usual usually wanted
        willing
    """,
    "in": """
        ability accessible accurate active adequate appropriate capable compatible complete consistent
        correct correctly definite dependence dependent direct directly effective eligible equality
        expensive experienced finite formal formally organic sane significant stability sufficient valid
        visible voluntary
    """,
    "im": """
        mature mortal patient patiently perfect possible proper
    """,
    "ir": """
        rational regular relevant
    """,
    "il": """
        legal legally legitimate
    """,
    "dis": """
        advantage agree agreed agreement appear appearance appeared approval belief comfort connected
        honest like liked obey order qualified satisfaction satisfied similar trust
    """,
    "non": """
        fiction linear profit violent
    """,
}
#: Other pairs; if a word is in several, the first counts.
PAIRS = """
    above below, absent present, accept reject, accepted rejected, active passive, add remove, added
    removed, after before, agree disagree, agreed disagreed, alive dead, all some, allies enemies, allow
    forbid, allowed forbidden, allows forbids, ally enemy, always never, ancestor descendant, ancient
    modern, appeared vanished, approve reject, approved rejected, arrival departure, arrive leave,
    arrived left, arrives leaves, asleep awake, attack defend, attacked defended, backward forward, bad
    good, began ended, begin end, beginning end, begins ends, best worst, better worse, birth death,
    blunt sharp, born buried, borrow lend, both neither, bottom top, bought sold, brother sister, build
    demolish, built demolished, buy sell, buyer seller, captured released, ceiling floor, cheap
    expensive, child parent, children parents, civilian military, clean dirty, closed open, closed
    opened, coastal inland, cold hot, cold warm, coldest warmest, commenced concluded, common rare,
    complex simple, constructed demolished, construction destruction, continued stopped, cool warm,
    cooler warmer, created destroyed, creation destruction, criticise praise, criticised praised,
    criticism praise, current former, dangerous safe, dark light, daughter son, day night, decrease
    increase, decreased increased, decreases increases, decreasing increasing, deep shallow, defeat
    victory, demand supply, different same, difficult easy, divide unite, divided united, domestic
    foreign, downward upward, dry wet, earlier later, earliest latest, early late, east west, eastern
    western, empty full, end start, enter leave, entered left, entrance exit, every no, exclude include,
    excluded included, export import, exports imports, external internal, fail succeed, failed
    succeeded, failure success, fake genuine, fall rise, false true, fast slow, faster slower, fastest
    slowest, father mother, fell rose, female male, few many, fewer more, fewest most, fictional real,
    final initial, finish start, finished started, first last, forget remember, friendly hostile, future
    past, gain lose, gained lost, gave received, giant tiny, give receive, guilty innocent, happy sad,
    hard soft, harmful harmless, hate love, healthy sick, heavier lighter, heaviest lightest, heavy
    light, high low, higher lower, highest lowest, horizontal vertical, husband wife, inner outer,
    inside outside, join leave, joined left, king queen, large small, larger smaller, largest smallest,
    least most, left right, lengthen shorten, less more, liquid solid, long short, longer shorter,
    longest shortest, loose tight, lose win, loser winner, losers winners, loss profit, losses profits,
    lost won, loud quiet, lower raise, lower upper, lowered raised, major minor, majority minority,
    maximum minimum, merged separated, multiple single, narrow wide, narrower wider, narrowest widest,
    negative positive, new old, newer older, newest oldest, next previous, north south, northern
    southern, often rarely, old young, older younger, oldest youngest, opponent supporter, opponents
    supporters, oppose support, opposed supported, opposition support, optimistic pessimistic, over
    under, peace war, permanent temporary, permitted prohibited, poor rich, poorest richest, private
    public, pull push, pulled pushed, quick slow, quickly slowly, receive send, received sent, rough
    smooth, rural urban, separate shared, started stopped, strengthen weaken, strong weak, stronger
    weaker, strongest weakest, student teacher, students teachers, summer winter, thick thin, thicker
    thinner, useful useless, with without, open close, opens closes, opening closing, departs arrives, depart
    arrive, departure arrival, exported imported, lowest highest, adults children, adult child, men women,
    boys girls, employer employee, employers employees, lends borrows, sells buys, sold bought, landlord
    tenant, winner runner-up, cheapest dearest, earned spent, income expenses, hired fired
"""

OPPOSITE: dict[str, str] = {}
for _one, _other in (
    *(pair.split() for pair in PAIRS.split(",")),
    *((word, prefix + word) for prefix, words in NEGATED.items() for word in words.split()),
):
    OPPOSITE.setdefault(_one, _other)
    OPPOSITE.setdefault(_other, _one)
