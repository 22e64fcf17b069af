namespace MedR1.Rewards.Tests;

/// <summary>
/// How sets, equations and matrices are compared: as TRL's accuracy_reward does (math-verify 0.8.0, latex2sympy2_extended 1.11.0,
/// SymPy 1.14), unless a comment says otherwise.
/// </summary>
public sealed class MathSetTests
{
    [Theory]
    [InlineData(@"(-\infty,3)\cup(3,\infty)", @"\mathbb{R} \setminus \{3\}", 1)]
    [InlineData(@"(-\infty,3]\cup(3,\infty)", @"\mathbb{R} \setminus \{3\}", 0)]
    [InlineData(@"[1,3]", @"[1,2]\cup[2,3]", 1)]
    [InlineData(@"[1,3]", @"[1,2)\cup(2,3]", 0)]
    [InlineData(@"(-\infty,3)\cup(3,\infty)", @"x \ne 3", 1)]
    [InlineData(@"x \in [1,2]", @"1 \le x \le 2", 1)]
    [InlineData(@"1 \le x \le 2", "[1,2]", 0)] // Only the right answer's inequalities are sets.
    [InlineData(@"\mathbb{R}", @"(-\infty,\infty)", 1)]
    [InlineData(@"[0,2]\cap[1,3]", "[1,2]", 1)] // math-verify does not evaluate intersections and says 0.
    [InlineData("(3,1)", @"\{1,3\}", 1)]
    [InlineData("{1,3}", "(1,3)", 1)]
    [InlineData("{[1,3]}", "[1,3]", 0)]
    [InlineData("(1;2)", "(1,2)", 1)]
    public void Sets_of_numbers_are_compared_by_what_they_hold(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    [Theory]
    [InlineData(@"y=-\frac{1}{2}x+\frac{3}{4}", "2x+4y-3=0", 1)]
    [InlineData(@"y=-\frac{1}{2}x+\frac{3}{2}", "2x+4y-3=0", 0)]
    [InlineData("2x=10", "x=5", 0)] // With a single symbol, math-verify does not solve.
    [InlineData("(3,2)", "(p,q)=(3,2)", 1)]
    [InlineData("2", "|AB|=2", 1)]
    [InlineData("2", "A-B=2", 0)]
    [InlineData(@"x \approx 2.5", "2.5", 1)]
    [InlineData(@"x = \frac{5}{2} \approx 2.4", "2.5", 1)]
    [InlineData("-x >= -1", @"x \leq 1", 1)]
    [InlineData("x != 5", @"x \neq 5", 1)]
    [InlineData("(x=3)", "x=3", 1)]
    [InlineData("x=1, 2", "x=2, 1", 1)]
    [InlineData("1 = \\zzz = x = 0", "0", 1)] // The last side of a chain that can't be read.
    [InlineData("x=S=-x >= 2", "-x >= 2", 0)]
    public void Equations_and_inequalities_are_compared_by_what_they_say(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    [Theory]
    [InlineData(@"\left[\begin{array}{cc}1 & 2 \\ 3 & 4\end{array}\right]", @"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}", 1)]
    [InlineData(@"x=(\begin{matrix}1 \\ 2\end{matrix})", @"\begin{bmatrix}1 \\ \frac{4}{2}\end{bmatrix}", 1)]
    [InlineData(@"\begin{vmatrix}1 & 2 \\ 3 & 4\end{vmatrix}", "-2", 1)]
    [InlineData(@"\begin{vmatrix}2 & 0 & 1 \\ 1 & 3 & 2 \\ 0 & 1 & 1\end{vmatrix}", "3", 1)] // 2·(3 − 2) + 1·(1 − 0)
    [InlineData(@"\begin{pmatrix}1 & 2\end{pmatrix}", @"\begin{pmatrix}1 \\ 2\end{pmatrix}", 0)]
    [InlineData(@"2\begin{pmatrix}3 & 4\end{pmatrix}", @"2\begin{pmatrix}1 & 2\end{pmatrix}", 0)] // Matrices are not computed with.
    public void Matrices_are_compared_cell_by_cell(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    // The brackets of a set are tried as those of a term too; a stack overflow would end the process.
    [Theory]
    [InlineData("(")]
    [InlineData("{")]
    [InlineData(@"\{")]
    [InlineData("([")]
    [InlineData("(x=")]
    [InlineData(@"(1,2)\cup")]
    [InlineData("-")]
    [InlineData("1_")]
    public void Deep_brackets_are_text(string open) =>
        Assert.Equal(0, MathAnswerReward.Score($@"\boxed{{{string.Concat(Enumerable.Repeat(open, 900))}1}}", "2"));
}
