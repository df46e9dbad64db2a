"""How a name sounds, roughly and alike for Khmer script and its many romanisations. Pure.

Romanised Khmer names follow no one rule (Sophea, Sopheap, Sophéa, Sopia): consonants that romanisations mix are one
letter here, vowels are three (a, e, o), silent codas are dropped. The classes follow the sound values of Khmer letters
in Huffman, *Cambodian System of Writing* (1970); the merging is our own, tuned on tests/ground/people/names.py.
"""

from __future__ import annotations

import re
import unicodedata

from samaki.ground.places.rules import folded

_CONSONANT = {
    **dict.fromkeys("កខគឃ", "k"),
    "ង": "g",
    **dict.fromkeys("ចឆជឈ", "c"),
    "ញ": "n",
    **dict.fromkeys("ដឋឌឍតថទធ", "t"),
    **dict.fromkeys("ណន", "n"),
    **dict.fromkeys("បផពភ", "p"),
    "ម": "m",
    "យ": "y",
    "រ": "r",
    **dict.fromkeys("លឡ", "l"),
    "វ": "w",
    **dict.fromkeys("ឝឞស", "s"),
    "ហ": "h",
    "អ": "",
}
_INDEPENDENT = {
    **dict.fromkeys("ឥឦឯឰ", "e"),
    **dict.fromkeys("ឧឩឪឱឳ", "o"),
    **dict.fromkeys("ឫឬ", "ro"),
    **dict.fromkeys("ឭឮ", "lo"),
}
_VOWEL = {
    "\u17b6": "a",  # ា
    **dict.fromkeys("\u17b7\u17b8\u17c0\u17c1\u17c2\u17c3", "e"),  # ិ ី ៀ េ ែ ៃ
    **dict.fromkeys("\u17b9\u17ba\u17bb\u17bc\u17bd\u17be\u17bf\u17c4\u17c5", "o"),  # ឹ ឺ ុ ូ ួ ើ ឿ ោ ៅ
    "\u17d0": "a",  # ័
    "\u17c8": "a",  # ៈ
}
_COENG, _SILENCER, _SHORTENER, _NIKAHIT = "\u17d2", "\u17cd", "\u17cb", "\u17c6"
_CLUSTER = re.compile(f"([ក-ឳ])((?:{_COENG}[ក-ឳ])*)([\u17b6-\u17d1\u17dd]*)")
_SHORT_I = "\u17b7"


def of_khmer(name: str) -> str:
    """The sound of a name in Khmer script; "" where there is none."""
    return of_folded_khmer(folded(name))


def of_folded_khmer(name: str) -> str:
    """As `of_khmer`, of a name that is folded already."""
    clusters = _CLUSTER.findall(name)
    sound: list[str] = []
    open_syllable = False
    for at, (base, subscripts, signs) in enumerate(clusters):
        if _SILENCER in signs:
            continue
        if base in _INDEPENDENT:
            sound.append(_INDEPENDENT[base])
            open_syllable = True
            continue
        letters = [base, *subscripts.replace(_COENG, "")]
        vowel = next((_VOWEL[sign] for sign in signs if sign in _VOWEL), None)
        last = at == len(clusters) - 1
        if last and len(letters) > 1 and signs == _SHORT_I:
            vowel = None  # the last ិ of សម្បត្តិ is not spoken
        consonants = [_CONSONANT.get(letter, "") for letter in letters]
        ends = (len(letters) == 1 and not _begins(clusters[at + 1 :])) or last
        if vowel is None and open_syllable and ends and _NIKAHIT not in signs:
            _close(sound, consonants[0])
            open_syllable = False
            continue
        if vowel is None and open_syllable and len(letters) > 1:
            _close(sound, consonants.pop(0))
        sound += ["p"] if letters == ["ហ", "វ"] else consonants
        sound.append(vowel or "a")
        open_syllable = _SHORTENER not in signs
        if _NIKAHIT in signs:
            sound.append("m")
            open_syllable = False
    return _tidied("".join(sound))


def _begins(rest: list[tuple[str, str, str]]) -> bool:
    """Whether a bare consonant before `rest` begins a syllable: what follows can only be its end (ផ of សុផល, វ of
    សុវណ្ណារី)."""
    if not rest:
        return False
    _base, subscripts, signs = rest[0]
    return bool(subscripts) or (len(rest) == 1 and not any(sign in _VOWEL or sign == _NIKAHIT for sign in signs))


def _close(sound: list[str], consonant: str) -> None:
    """A consonant that ends a syllable: រ and វ fall silent, យ colours the vowel."""
    if consonant == "y":
        if sound and sound[-1] == "a":
            sound[-1] = "e"
    elif consonant not in {"r", "w", "h"}:
        sound.append(consonant)


_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = "aeiou"
_LATIN_CONSONANTS = (
    ("chh", "c"), ("ch", "c"), ("j", "c"), ("ng", "g"), ("nh", "n"), ("kh", "k"), ("ck", "k"),
    ("q", "k"), ("x", "s"), ("th", "t"), ("dh", "t"), ("d", "t"), ("ph", "p"), ("bh", "p"), ("b", "p"), ("f", "p"),
    ("sh", "s"), ("z", "s"), ("v", "w"), ("rh", "r"),
)  # fmt: skip
_LONE_C = re.compile("c(?=[aou])|c$")
_LONE_G = re.compile("(?<!n)g")
_Y_AS_VOWEL = re.compile(f"(?<=[^{_VOWELS}])y|y(?![{_VOWELS}])")
_SILENT_CODA = re.compile(f"(?<=[{_VOWELS}])[rwh](?![{_VOWELS}])")


def of_latin(name: str) -> str:
    """The sound of a romanised name; "" where there is none."""
    text = unicodedata.normalize("NFKD", name.casefold())
    return _tidied("".join(_word(word) for word in re.findall("[a-z]+", "".join(s for s in text if s.isascii()))))


def _word(word: str) -> str:
    word = re.sub(r"([^aeiou])\1+", r"\1", word)
    word = _LONE_C.sub("k", word)
    word = _LONE_G.sub("k", word)
    for spelt, letter in _LATIN_CONSONANTS:
        word = word.replace(spelt, letter)
    word = _Y_AS_VOWEL.sub("i", word)
    word = _SILENT_CODA.sub("", word)
    return re.sub("[aeiou]+", lambda run: _vowel(run.group()), word)


def _vowel(run: str) -> str:
    if "o" in run or "u" in run:
        return "o"
    return "a" if run in {"a", "aa", "ea", "eaa"} else "e"


def _tidied(sound: str) -> str:
    return _DOUBLED.sub(r"\1", sound)


_NO_VOWELS = str.maketrans("", "", "aeo")


def skeleton(sound: str) -> str:
    """The consonants of a sound, or its vowels where it has no others."""
    return sound.translate(_NO_VOWELS) or sound
