"""Writes classes.json next to this file: how Python lowercases a capital sigma next to each code point.

Run it with Python 3.11, whose str.lower follows Unicode 14. Ranges are inclusive; halves of surrogate pairs are omitted.
cased:   a sigma after it is final.
ignored: a sigma after it is final if it follows an "a", and one before it is not final if an "a" follows it.
"""

import json
import pathlib
import platform
import unicodedata

SIGMA = "\u03a3"
FINAL = "\u03c2"


def is_cased(character):
    return (character + SIGMA).lower().endswith(FINAL)


def is_ignored(character):
    after = ("a" + character + SIGMA).lower().endswith(FINAL)
    before = ("a" + SIGMA + character + "a").lower()[1] == FINAL
    return after and not before and not is_cased(character)


def ranges(holds):
    found = []
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000 or not holds(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


content = {
    "made_with": {"python": platform.python_version(), "unicode": unicodedata.unidata_version},
    "cased": ranges(is_cased),
    "ignored": ranges(is_ignored),
}
target = pathlib.Path(__file__).with_name("classes.json")
target.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="ascii")
