"""Writes table.json: what Python's re says about random expressions and texts.

    python3.11 python_re.py

Each row is [expression, message of re.error or null, [[text, search, fullmatch], ...]]; a match is [start, end, groups].
"""
import json
import pathlib
import random
import re
import warnings

EXPRESSIONS = 400
SEED = 20261128
ATOMS = [r"a", r"b", r"c", r"a", r"b", r"K", r"é", r" ", r"\n", r".", r"\w", r"\d", r"\W", r"\b", r"\B", r"^", r"$", r"\Z", r"{", r"}",
         r",", r"]", r"\141", r"\0", r"\x61", r"[a-c]", r"[^a-c]", r"[]b]", r"[^]b]", r"[\W-]", r"[\101a]", r"[\wé]", r"[é-\n]"]
CHARACTERS = list("aaabbbcccAK1 -{\n") + ["\u212a", "k", "é", "É", "😀", "😁", "𝟙"]
QUANTIFIERS = ["*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "{0}", "{,}"]


def atom(rnd, depth, names):
    kind = rnd.random()
    if depth == 0 or kind < 0.45:
        return rnd.choice(ATOMS)
    if kind < 0.6:
        return rnd.choice([r"\1", r"\1", r"\2", r"\3"] + [f"(?P={name})" for name in names])
    if kind < 0.7:
        group = rnd.choice(["1", "1", "2", *names])
        return f"(?({group}){sequence(rnd, depth - 1, names)}" + rnd.choice(["", "|" + sequence(rnd, depth - 1, names)]) + ")"
    opening = rnd.choice(["(", "(", "(", "(?P<", "(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!", "(?i:", "(?s:", "(?-i:", "(?x:", "(?#"])
    if opening == "(?P<":
        names.append(f"n{len(names)}")
        opening += names[-1] + ">"
    return opening + alternatives(rnd, depth - 1, names) + ")"


def sequence(rnd, depth, names):
    parts = []
    for _ in range(rnd.randint(1, 3)):
        parts.append(atom(rnd, depth, names))
        if rnd.random() < 0.3:
            parts.append(rnd.choice(QUANTIFIERS) + rnd.choice(["", "?", "+"]))
    return "".join(parts)


def alternatives(rnd, depth, names):
    return "|".join(sequence(rnd, depth, names) for _ in range(rnd.choice([1, 1, 2])))


def found(match):
    return match and [match.start(), match.end(), list(match.groups())]


def main():
    warnings.simplefilter("ignore")
    rnd = random.Random(SEED)
    rows = []
    while len(rows) < EXPRESSIONS:
        expression = rnd.choice(["", "", "", "", "(?i)", "(?m)", "(?x)"]) + alternatives(rnd, 2, [])
        if "(" not in expression or ("(?(" in expression and re.search(r"[*+?}]\?", expression)):
            continue  # Too plain, or a lazy quantifier beside a condition, which PythonRegex does not support.
        try:
            compiled = re.compile(expression)
        except re.error as error:
            # Most random expressions are malformed by a reference to a group that there is not.
            if rnd.random() < 0.1:
                rows.append([expression, str(error), []])
            continue
        texts = {"".join(rnd.choices(CHARACTERS, k=rnd.randint(0, 6))) for _ in range(40)}
        results = [[text, found(compiled.search(text)), found(compiled.fullmatch(text))] for text in sorted(texts)]
        matched = [result for result in results if result[1]]
        missed = [result for result in results if not result[1]]
        if matched:
            rows.append([expression, None, matched[:2] + missed[:1]])
    path = pathlib.Path(__file__).with_name("table.json")
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n", encoding="utf-8")


main()
