"""Writes table.json: what TRL's accuracy_reward says about random right answers and completions.

    python3.11 math_verify_table.py

Needs math-verify 0.8.0 and latex2sympy2_extended 1.11.0 with SymPy 1.14. Each row is [right answer, completion, reward or null].
Sums, integrals and congruences are left out: MathAnswerReward compares them as text.
"""
import json
import logging
import pathlib
import random
import re

from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify

ROWS = 1500
SEED = 20261128
COMPLETION = [LatexExtractionConfig(
    normalization_config=NormalizationConfig(units=True), boxed_match_priority=0, try_extract_without_anchor=False)]
WORDS = ["A", "B", "C", "yes", "No", "True", "Monday", "even", "left", "none", "No solution"]
WRAPPERS = ["\\boxed{%s}"] * 4 + [
    "The answer is $%s$.", "So $\\boxed{%s}$.", "Therefore, the final answer is: $\\boxed{%s}$. I hope it is correct.",
    "The final answer is \\(%s\\)", "Answer: $%s$", "\\[\\boxed{%s}\\]", "**Answer:** $$%s$$", "$x+1$, so \\boxed{%s}, done", "$%s$"]


class Answers:
    def __init__(self, rnd):
        self.rnd = rnd

    def integer(self, low=1, high=20):
        return self.rnd.randint(low, high)

    def signed(self):
        return self.rnd.randint(-9, 9)

    def pick(self, *choices):
        return self.rnd.choice(choices)

    def number(self):
        n = self.integer
        return self.pick(
            str(n()), str(-n()), f"{n(0, 99)}.{n(0, 999)}", f"{n(1, 9)},{n(0, 999):03d}", f"0,{n(0, 999):03d}", f".{n(1, 99)}",
            f"{n(1, 9)}000000000000000000{n(1, 3)}", f"0.{'0' * n(0, 8)}{n(1, 99)}", f"{n(1, 9)} \\times 10^{{{self.signed()}}}",
            f"10^{{{self.signed()}}}", f"2^{{{n(60, 63)}}}", f"{n(20, 23)}!", f"\\binom{{{n(5, 9)}}}{{{n(1, 4)}}}", f"{n(100, 777)}_8")

    def fraction(self):
        a, b = self.integer(), self.integer(2, 12)
        return self.pick(f"\\frac{{{a}}}{{{b}}}", f"\\dfrac{{{a}}}{{{b}}}", f"-\\frac{{{a}}}{{{b}}}", f"{a}/{b}",
                         f"{a}\\frac{{1}}{{{b}}}", f"\\frac{{{a}}}{{10000000}}", f"\\frac{a % 10}{b % 10}")

    def root(self):
        n = self.integer
        return self.pick(f"\\sqrt{{{n()}}}", f"{n()}\\sqrt{{{n(2, 5)}}}", f"\\frac{{\\sqrt{{{n()}}}}}{{{n()}}}", f"{n()}+\\sqrt{{{n()}}}",
                         f"\\sqrt[3]{{{n()}}}", f"\\frac{{\\pi}}{{{n()}}}", f"\\cos(\\frac{{\\pi}}{{{n(2, 6)}}})", f"\\ln {n(2, 9)}",
                         f"\\log_{{{n(2, 5)}}} {n(2, 30)}", f"e^{{{n(1, 4)}}}", f"{n(10, 180)}^\\circ", f"\\sec {n()}", f"\\gcd({n()},{n()})")

    def polynomial(self):
        v, a, b, c = self.pick(*"xyna"), self.integer(), self.signed(), self.signed()
        return self.pick(f"{a}{v}{b:+}", f"{v}^2{b:+}{v}{c:+}", f"({v}{b:+})({v}{c:+})", f"({v}{b:+})^2", f"\\frac{{{v}{b:+}}}{{{v}{c:+}}}",
                         f"{a}{v}y{b:+}", f"{v}(y{c:+})", f"\\frac{{{a}}}{{{v}}}", f"2^{v}", f"\\sqrt{{{v}{b:+}}}", f"|{v}{b:+}|")

    def interval(self):
        low, left, right = self.signed(), self.pick(*"(["), self.pick(*")]")
        high = low + self.integer(1, 3)
        return self.pick(f"{left}{low},{high}{right}", f"\\left{left}{low}, {high}\\right{right}", f"(-\\infty,{low})", f"[{low},\\infty)",
                         f"(-\\infty,{low}) \\cup ({high},\\infty)", f"x \\in {left}{low},{high}{right}", f"[{low},{high}]\\cup[{high},{high + 1}]",
                         f"\\mathbb{{R}} \\setminus \\{{{low}\\}}", f"(-\\infty,{low})\\cup({low},\\infty)", "\\mathbb{R}", "(-\\infty,\\infty)")

    def collection(self):
        elements = self.pick(",", ", ", ",\\,").join(
            self.pick(str(self.signed()), self.fraction()) for _ in range(self.integer(1, 3)))
        return self.pick("\\{%s\\}", "(%s)", "%s", "\\left(%s\\right)", "\\left\\{%s\\right\\}", "{%s}", "[%s]") % elements

    def equation(self):
        v, a, b = self.pick(*"xyzn"), self.integer(), self.signed()
        return self.pick(f"{v}={a}", f"{v} = {self.fraction()}", f"{v}={a}, {b}", f"{v}={a} \\text{{ or }} {v}={b}", f"y={a}x+{abs(b)}",
                         f"f(x)={self.polynomial()}", f"x=\\pm {a}", f"\\pm {a}", f"{v} \\approx {a}", f"(x,y)=({a},{b})", f"{a}x+2y={b}",
                         f"{2 * a}x+4y={2 * b}", f"x^2+y^2={a}", f"x=1,y={a}", f"v_0 = {a}", f"{v} = 2+3 = {a}", f"A:B={a}", f"|AB|={a}")

    def inequality(self):
        v, a = self.pick(*"xa"), self.signed()
        return self.pick(f"{v}>{a}", f"{v} \\geq {a}", f"{v}<{a}", f"{v} \\le {a}", f"{v} <= {a}", f"{a}<{v}<{a + 2}", f"{a} > {v}",
                         f"{a} \\leq {v} \\leq {a + 2}", f"{v} \\ne {a}", f"{v} != {a}", f"-{v} >= {-a}")

    def matrix(self):
        kind, cells = self.pick("pmatrix", "bmatrix", "matrix"), [self.pick(str(self.signed()), self.fraction()) for _ in range(4)]
        square, column = f"{cells[0]} & {cells[1]} \\\\ {cells[2]} & {cells[3]}", f"{cells[0]} \\\\ {cells[1]}"
        return self.pick(f"\\begin{{{kind}}} {square} \\end{{{kind}}}", f"\\begin{{{kind}}} {column} \\end{{{kind}}}",
                         f"\\left(\\begin{{array}}{{cc}}{square}\\end{{array}}\\right)", f"\\begin{{vmatrix}} {square} \\end{{vmatrix}}")

    def with_unit(self):
        n = self.integer()
        return self.pick(f"{n} \\text{{ cm}}", f"{n}\\text{{ cm}}^2", f"{n}\\%", f"\\${n}", f"{n}\\ \\mathrm{{m/s}}", f"{n} cm",
                         f"{n} \\text{{ square units}}", f"{n}\\text{{ dollars}}", f"{n} \\mathrm{{~km}}")

    def word(self):
        return self.pick("\\text{%s}", "\\mathrm{%s}", "%s", "\\text{(%s)}", "\\textbf{%s}", "\\mbox{%s}") % self.pick(*WORDS)

    def any(self):
        return self.pick(self.number, self.number, self.fraction, self.root, self.polynomial, self.interval, self.collection, self.equation,
                         self.inequality, self.matrix, self.with_unit, self.word)()

    def changed(self, answer):
        """The answer in another notation, or nearly the answer."""
        plain = "\\" not in answer
        changes = [
            answer.replace("\\frac", "\\dfrac"), answer.replace("\\left", "").replace("\\right", ""), answer.replace(",", ", "),
            answer.replace(" ", "") if plain else answer, answer + ".", "{" + answer + "}", "(" + answer + ")",
            answer + self.pick(" \\text{ units}", "\\text{ cm}", "^\\circ", "\\%", " cm"), answer + "\\,", "\\displaystyle " + answer,
            self.pick("x=", "n = ", "\\text{Area} = ", "S=", "x \\in ") + answer, answer.split("=")[-1].strip(), "-" + answer,
            answer.replace("-", "", 1), re.sub(r"\d+", lambda found: str(int(found[0]) + 1), answer, count=1),
            re.sub(r"\d(?!.*\d)", lambda found: str((int(found[0]) + 1) % 10), answer), answer.replace("[", "(").replace("]", ")"),
            answer.replace("\\{", "").replace("\\}", ""), answer.lower()]
        fraction = re.fullmatch(r"-?\\d?frac\{(\d+)\}\{(\d+)\}", answer)
        if fraction:
            value = int(fraction[1]) / int(fraction[2]) * (-1 if answer[0] == "-" else 1)
            changes += [f"{value:.4f}", f"{value:.6f}", f"{value:.8f}", f"{value * 100:.2f}\\%"] * 3
        return self.rnd.choice(changes)


def reward(solution, completion):
    gold = parse(solution)
    return float(verify(gold, parse(completion, extraction_config=COMPLETION, extraction_mode="first_match"))) if gold else None


def main():
    logging.disable(logging.CRITICAL)
    rnd = random.Random(SEED)
    answers = Answers(rnd)
    rows = {}
    while len(rows) < ROWS:
        right = answers.any()
        other = rnd.choice([lambda: right, lambda: answers.changed(right), lambda: answers.changed(right),
                            lambda: answers.changed(answers.changed(right)), answers.any])()
        solution = rnd.choice(["$%s$", "$%s$", "%s", "\\boxed{%s}", "$$%s$$"]) % right
        rows[solution, rnd.choice(WRAPPERS) % other] = None
    table = [[solution, completion, reward(solution, completion)] for solution, completion in rows]
    path = pathlib.Path(__file__).with_name("table.json")
    path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in table) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
