"""Writes classes.json beside this file: what Python makes of a capital sigma beside each code point.

Run it with Python 3.11, whose str.lower follows Unicode 14. Ranges are inclusive; halves of surrogate pairs are left out.
cased:   a sigma behind it is final.
ignored: a sigma behind it is final where an "a" stands before, and one before it is not where an "a" stands behind.
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
    behind = ("a" + character + SIGMA).lower().endswith(FINAL)
    before = ("a" + SIGMA + character + "a").lower()[1] == FINAL
    return behind and not before and not is_cased(character)


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
