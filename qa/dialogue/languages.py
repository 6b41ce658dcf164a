"""Languages other than English, recognised by their script or their function words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from qa.dialogue.words import WH_WORDS, word_set

LEAST_WORDS = 3

# Function words and question words that are not common English words.
_LANGUAGES = {
    "German": word_set(
        """
        der das und ist ein eine wer wie wo wann warum wieso welche welcher welches nicht
        mit von zu den dem im für auf ich du wir ihr sie hat haben wurde wird kann auch über
        nach bei gibt sich sind oder aber kostet viele es
        """
    ),
    "French": word_set(
        """
        le les des une est et qui que quoi où quand pourquoi comment quel quelle quels
        quelles dans sur avec pour du au aux je il elle nous vous ils ce cette ces pas ne
        sont été a-t-il qu'est-ce c'est combien
        """
    ),
    "Spanish": word_set(
        """
        el la los las una es y quién quien qué que cuándo cuando dónde donde cómo por para
        con del al se su está son fue cuál cuánto cuántos porqué hay esta este
        """
    ),
    "Italian": word_set(
        """
        il lo gli una è e chi che cosa quando dove come perché di della del dei con per nel
        nella sono stato quale quanto quanti questo questa
        """
    ),
    "Portuguese": word_set(
        """
        o os as uma é e quem que quando onde como porquê por de da do dos das com para em no
        na são foi qual quanto quantos não você
        """
    ),
    "Dutch": word_set(
        """
        het een en wie wat waar wanneer waarom hoe welke van voor met op zijn niet dat dit
        ik jij wij ze heeft hebben werd wordt kan ook naar bij uit aan er de hoeveel
        """
    ),
    "Polish": word_set(
        """
        jest kto co gdzie kiedy dlaczego jak który która nie na się z w do to są był była
        czy ile
        """
    ),
    "Turkish": word_set(
        """
        ve bir bu kim nerede niçin neden nasıl hangi için ile değil mi mı ne zaman kaç
        """
    ),
}
_ENGLISH = word_set(
    """
    the of and to in is was for that with as by on at from who what when where why how which did
    does do are were has have had it this an be or not can will would you your i my me we us
    they their
    """
)
_SCRIPTS = {
    "CYRILLIC": "Russian or a language near it",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi",
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "THAI": "Thai",
}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def language(text: str) -> str | None:
    """Return the English name of a text's language. None if it may be English."""
    script = _script(text)
    if script is not None:
        return script
    words = _WORD.findall(text.lower())
    if len(words) < LEAST_WORDS or not WH_WORDS.isdisjoint(words):  # a French title in an English question
        return None
    counts = {name: sum(word in small for word in words) for name, small in _LANGUAGES.items()}
    name = max(counts, key=lambda one: counts[one])
    english = sum(word in _ENGLISH for word in words)
    return name if counts[name] >= 2 and counts[name] > english else None


def _script(text: str) -> str | None:
    """Return the language of the script that most letters have. None if it is Latin or unknown."""
    letters = [character for character in text if character.isalpha()]
    scripts = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        scripts["HIRAGANA"] += scripts["CJK"]
    if not scripts:
        return None
    name, count = scripts.most_common(1)[0]
    return _SCRIPTS.get(name) if count * 2 > len(letters) else None
