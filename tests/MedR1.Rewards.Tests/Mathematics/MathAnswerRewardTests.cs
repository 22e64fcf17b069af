namespace MedR1.Rewards.Tests;

/// <summary>In addition to the cases of TRL's accuracy_reward, which the conformance tests run.</summary>
public sealed class MathAnswerRewardTests
{
    [Theory]
    [InlineData(@"\boxed{2\pi r}", "$2 r \\pi$", 1)]
    [InlineData(@"\boxed{\frac{x}{2}+\frac{x}{2}}", "$1x$", 1)]
    [InlineData(@"\boxed{\frac{x}{2}+\frac{x}{2}}", "$x$", 0)] // A lone symbol is compared as written.
    [InlineData(@"\boxed{\sqrt{x^2}}", "$x$", 0)]
    [InlineData(@"\boxed{\sin^2 x + \cos^2 x}", "1", 1)]
    [InlineData(@"\boxed{\log_2 8}", "3", 1)]
    [InlineData(@"\boxed{\sqrt[3]{27}}", "3", 1)]
    [InlineData(@"\boxed{0.333333}", @"\frac{1}{3}", 1)]
    [InlineData(@"\boxed{0.3333}", @"\frac{1}{3}", 0)]
    [InlineData(@"\boxed{x=5}", "5", 1)]
    [InlineData(@"\boxed{y = x + 1}", "$x + 1 = y$", 1)]
    [InlineData(@"\boxed{[0,1)}", "$[0,1)$", 1)]
    [InlineData(@"\boxed{(0,1]}", "$[0,1)$", 0)]
    [InlineData(@"\boxed{12\text{ cm}}", "12", 1)]
    [InlineData(@"\boxed{90^\circ}", "90", 1)]
    [InlineData(@"\boxed{5!}", "120", 1)]
    [InlineData(@"\boxed{2^{10}}", "1,024", 1)]
    [InlineData(@"The final answer is $\frac{1}{2}$.", "1/2", 1)]
    [InlineData(@"Answer: \(3\)", "3", 1)]
    [InlineData(@"\boxed{\frac12}", @"\frac{1}{2}", 0)]
    [InlineData(@"\boxed{\frac{1}{2}}", "$(\\frac12)$", 1)]
    [InlineData(@"\boxed{2\frac{1}{2}}", "2.5", 1)]
    [InlineData(@"\boxed{-3 \frac{1}{2}}", "-3.5", 1)]
    [InlineData(@"\boxed{2.0\frac{1}{2}}", "1", 1)]
    [InlineData(@"\boxed{14{,}916}", "14916", 1)]
    [InlineData(@"\boxed{15\mbox{ cm}^2}", "15", 1)]
    [InlineData(@"\boxed{12\text{ and }13}", "$\\{13,12\\}$", 1)]
    [InlineData(@"\boxed{1 \pm \sqrt{19}}", @"$1\pm\sqrt{19}$", 1)]
    [InlineData(@"\boxed{(1,2)}", "$(1,2)$", 1)]
    [InlineData(@"\boxed{3} and again \boxed{3}", "3", 1)]
    [InlineData(@"\boxed{a_1 + a_2}", "$a_2+a_{1}$", 1)]
    [InlineData(@"\boxed{a_1}", "$a_2$", 0)]
    [InlineData(@"\boxed{((((((1", "1", 0)]
    public void Answers_are_compared_by_their_meaning(string text, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score(text, solution));

    // TRL's accuracy_reward with math-verify 0.8.0, latex2sympy2_extended 1.11.0 and SymPy 1.14.
    [Theory]
    [InlineData(@"First $\boxed{3}$, then $\boxed{4}$.", "4", 1)] // The LaTeX fragment that ends last counts.
    [InlineData(@"\boxed{3}, and after many more words that fill the room between them without end, \boxed{4}", "4", 1)]
    [InlineData(@"\boxed{3} is wrong but near \boxed{4}", "4", 1)]
    [InlineData(@"\boxed{3} is wrong, so now it's \boxed{4}", "4", 0)]
    [InlineData(@"\boxed{3}, \fbox{4}", "$3,4$", 1)]
    [InlineData(@"Answer: $3$ and $4$", "$4,3$", 1)]
    [InlineData(@"\boxed{5 cm}", "5", 1)]
    [InlineData(@"\boxed{7 patients}", "7", 0)]
    [InlineData(@"\boxed{5\ \mathrm{cm}}", "5", 1)]
    [InlineData(@"\boxed{$18.90}", @"\$18.9", null)]
    [InlineData(@"\boxed{\$18.90}", "18.9", 1)]
    [InlineData(@"\boxed{CT scan}", @"$\text{CT scan}$", 1)]
    [InlineData(@"\boxed{MRI}", @"$\text{MRI}$", 0)] // A capital I is the imaginary unit.
    [InlineData(@"\boxed{\text{Yes}}", @"$\text{yes}$", 1)]
    [InlineData(@"\boxed{\text{-7}}", "-7", 1)]
    [InlineData(@"\boxed{a}", "$A$", 1)]
    [InlineData(@"\boxed{e}", @"$\mathrm{e}$", 1)]
    [InlineData(@"\boxed{3+4 i}", "$3+4i$", 0)]
    [InlineData(@"\boxed{\{1,2,2\}}", "$2,1$", 1)]
    [InlineData(@"\boxed{-2,2}", @"$\pm 2$", 1)]
    [InlineData(@"\boxed{2,1}", "$(1,2)$", 0)]
    [InlineData(@"\boxed{(1,2)}", @"$\{2,1\}$", 1)]
    [InlineData(@"\boxed{[2,3]\cup[0,1]}", @"$[0,1] \cup [2,3]$", 1)]
    [InlineData(@"\boxed{3 > x}", "$x < 3$", 1)]
    [InlineData(@"\boxed{x \ge 1}", @"$1 \leq x$", 1)]
    [InlineData(@"\boxed{(-\infty,3)}", "$x<3$", 1)]
    [InlineData(@"\boxed{(1,2)}", "$1<x<2$", 1)]
    [InlineData(@"\boxed{1<x<2}", "$(1,2)$", 0)]
    [InlineData(@"\boxed{x \in (1,2)}", "$(1,2)$", 1)]
    [InlineData(@"\boxed{2x=10}", "10", 1)]
    [InlineData(@"\boxed{2x=10}", "$x=5$", 0)]
    [InlineData(@"\boxed{5}", "$2x=5$", 0)]
    [InlineData(@"\boxed{5}", "$f(x)=5$", 1)]
    [InlineData(@"\boxed{x=1-y}", "$x+y=1$", 1)]
    [InlineData(@"\boxed{x=2+3=5}", "$x=5$", 1)]
    [InlineData(@"\boxed{\log 100}", "2", 1)]
    [InlineData(@"\boxed{\log 2}", @"$\ln 2$", 0)]
    [InlineData(@"\boxed{1:2}", "$0.5$", 1)]
    [InlineData(@"\boxed{{5 \choose 2}}", @"$\binom{5}{2}$", 1)]
    [InlineData(@"\boxed{\binom{200}{2}}", "$19900$", 1)]
    [InlineData(@"\boxed{\binom{200}{198}}", "$19901$", 0)]
    [InlineData(@"\boxed{\begin{pmatrix}1\\2\\\end{pmatrix}}", @"$\begin{pmatrix}1\\2\end{pmatrix}$", 1)]
    [InlineData(@"\boxed{\lfloor 3.7 \rfloor}", @"$\lceil 2.3 \rceil$", 1)]
    [InlineData(@"\boxed{4\,\mathrm{cm}^{2}}", "4", 1)]
    [InlineData(@"\boxed{3.141593}", "$π$", 1)]
    [InlineData(@"\boxed{75 \text{ percent}}", "$0.75$", 0)]
    [InlineData(@"Answer: \( 5 \) percent", "$5$", 1)] // As written, because the word is outside.
    [InlineData(@"Answer: \( 5 \) percent", "$0.05$", 1)]
    [InlineData(@"Answer: \( x=5 \) percent", "$5$", 0)]
    [InlineData(@"\boxed{2024.}", "$2024.$", 1)]
    [InlineData(@"\boxed{2,024}", "$2024.$", 1)]
    [InlineData(@"\boxed{\sqrt8}", @"\boxed{\sqrt8}", 0)]
    [InlineData(@"\boxed{\begin{pmatrix}1\\2\end{pmatrix}}", @"$\begin{bmatrix} 1 \\ \frac{4}{2} \end{bmatrix}$", 1)]
    public void Answers_are_found_and_compared_like_by_math_verify(string text, string solution, object? expected) =>
        Assert.Equal(expected is int value ? value : null, MathAnswerReward.Score(text, solution));

    [Theory]
    [InlineData("unclear")]
    [InlineData("")]
    [InlineData("(x+1)^2")]
    public void A_solution_that_cannot_be_read_abstains(string solution) =>
        Assert.Null(MathAnswerReward.Score(@"\boxed{1}", solution));

    [Fact]
    public void Hostile_nesting_is_rejected_quickly()
    {
        string deep = @"\boxed{" + new string('(', 100_000) + "1" + new string(')', 100_000) + "}";
        Assert.Equal(0, MathAnswerReward.Score(deep, "1"));
        Assert.Equal(0, MathAnswerReward.Score(@"\boxed{" + string.Join('^', Enumerable.Repeat("1", 900)) + "}", "1"));
        Assert.Equal(0, MathAnswerReward.Score(@"\boxed{" + string.Join('+', Enumerable.Repeat("1", 50_000)) + "}", "1"));
        Assert.Equal(1, MathAnswerReward.Score(@"\boxed{" + string.Join('+', Enumerable.Repeat("1", 900)) + "}", "900"));
        Assert.Equal(0, MathAnswerReward.Score("answer" + string.Concat(Enumerable.Repeat(" answer $", 5_000)), "1"));
        Assert.Equal(0, MathAnswerReward.Score(string.Concat(Enumerable.Repeat(@"\[", 40_000)), "1"));
        Assert.Null(MathAnswerReward.Score("1", string.Concat(Enumerable.Repeat(@"\(", 40_000))));
    }

    // Above 1.8e308, the largest double. The same number is equal to itself as written.
    [Theory]
    [InlineData(@"10^{400}", @"10^{500}", 0)]
    [InlineData(@"10^{400}", @"10^{400}", 1)]
    [InlineData(@"10^{400}", @"\infty", 0)]
    [InlineData(@"-10^{400}", @"-\infty", 0)]
    [InlineData(@"2 \infty", @"\infty", 1)]
    [InlineData(@"(-\infty, 10^{400})", @"(-\infty, \infty)", 0)]
    public void A_number_too_large_to_compute_is_not_infinity(string answer, string solution, double expected) =>
        Assert.Equal(expected, MathAnswerReward.Score($@"\boxed{{{answer}}}", $"${solution}$"));

    [Fact]
    public void Numbers_of_too_many_digits_are_compared_as_written()
    {
        string digits = new('1', 400);
        Assert.Equal(1, MathAnswerReward.Score($@"\boxed{{{digits}}}", digits));
        Assert.Equal(0, MathAnswerReward.Score($@"\boxed{{{digits}}}", new string('2', 400)));
        Assert.Equal(0, MathAnswerReward.Score($@"\boxed{{{digits}}}", @"$\infty$"));
    }

    // Comparing two chains compares their inner chains twice: 2^50 times, fifty levels deep.
    [Fact]
    public void Sets_of_sets_are_compared_in_bounded_time()
    {
        string chain = Repeated(@"\{", 50) + "1" + Repeated(@"\}", 50);
        Assert.Equal(0, MathAnswerReward.Score($@"\boxed{{\{{{chain},{chain}\}}}}", "1"));
        string numbers = string.Join(",", Enumerable.Range(0, 200));
        Assert.Equal(1, MathAnswerReward.Score($@"\boxed{{{numbers}}}", $@"$\{{{numbers},7\}}$"));
    }

    // A stack overflow ends the process: cells were read before it was clear that a matrix in a matrix is text.
    [Fact]
    public void Matrices_in_matrices_are_text()
    {
        string deep = Repeated(@"\begin{matrix}", 5_000) + "1" + Repeated(@"\end{matrix}", 5_000);
        Assert.Equal(0, MathAnswerReward.Score($@"\boxed{{{deep}}}", "1"));
        const string Inner = @"\begin{matrix} 1 & \begin{matrix} 2 \end{matrix} \end{matrix}";
        Assert.Equal(1, MathAnswerReward.Score($@"\boxed{{{Inner}}}", $"${Inner}$"));
    }

    private static string Repeated(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    [Fact]
    public void A_long_sum_needs_little_stack()
    {
        // A stack overflow ends the process, and the sum is a model's answer.
        double? score = null;
        Thread thread = new(
            () => score = MathAnswerReward.Score(@"\boxed{" + string.Join('+', Enumerable.Repeat("1", 900)) + "}", "900"), 384 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(1, score);
    }

    [Fact]
    public async Task Only_what_follows_the_reasoning_counts()
    {
        MathAnswerReward reward = new(["</think>"]);
        Assert.Equal(1, await reward.Score(@"<think>\boxed{4}</think>\boxed{3}", Contexts.Answer("3")));
        Assert.Equal(0, await reward.Score(@"<think>\boxed{3}", Contexts.Answer("3")));
        Assert.Equal(0, await reward.Score(@"<think>\boxed{3}", Contexts.Answer("unclear")));
        Assert.Throws<ArgumentException>(() => new MathAnswerReward([""]));
    }
}
