using System.Text.RegularExpressions;

namespace MedR1.Rewards.Tests;

public sealed class PythonRegexTests
{
    // Expected values are those of Python 3.11's re.
    [Fact]
    public void Counts_positions_in_code_points()
    {
        PythonMatch match = new PythonRegex("(b+)(c)?").Search("😀😀abb")!;
        Assert.Equal((3, 5, "bb"), (match.Start, match.End, match.Value));
        Assert.Equal(["bb", null], match.Groups);
    }

    [Theory]
    [InlineData(@"\w+", "½²Ⅷ字𝟙_", true)]
    [InlineData(@"\w", "\u0301", false)]
    [InlineData(@"\w", "\u203F", false)]
    [InlineData(@"\d+", "٣𝟙", true)]
    [InlineData(@"\s+", "\u001C\u0085\u3000", true)]
    [InlineData(@"\s", "\u200B", false)]
    [InlineData(@"[^\W\d]+", "ab", true)]
    [InlineData(@"[^\W\d]+", "a1", false)]
    [InlineData(@".", "😀", true)]
    [InlineData(@".", "\r", true)]
    [InlineData(@".", "\n", false)]
    [InlineData(@"a{2,3}", "aaa", true)]
    [InlineData(@"a{2,3}", "a", false)]
    [InlineData(@"x{a}", "x{a}", true)]
    [InlineData(@"a{,3}", "aa", true)]
    [InlineData(@"a{,3}b{,}", "bbbb", true)]
    [InlineData(@"a{,3}", "aaaa", false)]
    [InlineData(@"a{,x}", "a{,x}", true)]
    [InlineData(@"[]a]+", "]a", true)]
    [InlineData(@"[\u0000-\uffff]+", "a字\uE000\uFFFD", true)]
    [InlineData(@"[\u0000-\uffff]", "😀", false)]
    [InlineData(@"[^\u0000-\uffff]", "😀", true)]
    [InlineData(@"\B", "", false)]
    [InlineData(@"\B.\B", "-", true)]
    [InlineData(@"\x41\u0042\.", "AB.", true)]
    [InlineData(@"(?P<letter>[A-D])(?=\))\)", "C)", true)]
    public void Matches_whole_texts_like_python(string pattern, string text, bool expected) =>
        Assert.Equal(expected, new PythonRegex(pattern).FullMatch(text) is not null);

    [Theory]
    [InlineData("s", "\u017F", true)]
    [InlineData("k", "\u212A", true)]
    [InlineData("[h-j]", "\u0130", true)]
    [InlineData("ß", "\u1E9E", true)]
    [InlineData("a{2}", "aA", true)]
    [InlineData("ss", "ß", false)]
    public void Ignores_case_like_python(string pattern, string text, bool expected) =>
        Assert.Equal(expected, new PythonRegex(pattern, PythonRegexOptions.IgnoreCase).FullMatch(text) is not null);

    [Fact]
    public void Matches_the_dollar_before_a_final_line_feed_and_in_multiline_mode_at_lines()
    {
        Assert.NotNull(new PythonRegex("abc$").Search("abc\n"));
        Assert.Null(new PythonRegex(@"abc\Z").Search("abc\n"));
        Assert.Null(new PythonRegex("^b").Search("a\nb"));
        Assert.NotNull(new PythonRegex("a$", PythonRegexOptions.Multiline).Search("a\nb"));
    }

    [Fact]
    public void Numbers_named_groups_with_the_others() =>
        Assert.Equal(["a", "b"], new PythonRegex("(?P<first>a)(b)").FullMatch("ab")!.Groups);

    [Theory]
    [InlineData(@"(?P<first>a)(b)\2", "abb", true)]
    [InlineData(@"(b)(?P<first>a)\2", "baa", true)]
    [InlineData(@"(?P<first>.)(?P=first)", "😀😀", true)]
    [InlineData(@"(.)\1", "😀😁", false)]
    [InlineData(@"(?i)(.)\1", "kK", true)]
    [InlineData("a++a", "aa", false)]
    [InlineData("(?>a|ab)c", "abc", false)]
    [InlineData("(a+){2}+", "aa", false)]
    [InlineData("(<)?a(?(1)>|!)", "<a>", true)]
    [InlineData("(<)?a(?(1)>|!)", "<a!", false)]
    [InlineData("(?P<open><)?a(?(open)>)", "a", true)]
    [InlineData("(?s:.)(?i:A)", "\na", true)]
    [InlineData("(?x) a b # c", "ab", true)]
    [InlineData(@"\101\0", "A\0", true)]
    public void Matches_references_and_groups_that_give_nothing_back_like_python(string pattern, string text, bool expected) =>
        Assert.Equal(expected, new PythonRegex(pattern).FullMatch(text) is not null);

    // .NET 10's interpreter finds the match of length 2 that begins at 1.
    [Fact]
    public void Repeats_what_may_match_nothing_lazily()
    {
        PythonMatch match = new PythonRegex("((b*))+?a|").Search("a1")!;
        Assert.Equal((0, 1, "a"), (match.Start, match.End, match.Value));
    }

    [Theory]
    [InlineData(@"(?a)\w", "the flag 'a' at or before position 3, which is not supported")]
    [InlineData("(a)?b*?(?(1)c*|d)??", "a lazy quantifier after something that may match nothing")]
    [InlineData(@"\N{DASH}", "which is not supported")]
    [InlineData("a😀", "a surrogate or a character beyond U+FFFF at or before position 2, which is not supported")]
    [InlineData(@"[\ud800-\udfff]", "a surrogate")]
    [InlineData(@"\q", @"the unknown escape \q at or before position 2.")]
    [InlineData("[b-a]", "an invalid character range")]
    [InlineData("[ab", "an unfinished class")]
    [InlineData("(a", "an unfinished group")]
    [InlineData("a)", "a closing parenthesis without an opening one")]
    [InlineData("a**", "a repetition of a repetition at or before position 3.")]
    [InlineData("(*a)", "nothing to repeat")]
    [InlineData(@"(a)\2", "a reference to group 2, of 1 so far")]
    [InlineData(@"(a\1)", "a reference to group 1 inside of it")]
    [InlineData("(?P=one)", "a reference to the group 'one', which there is not")]
    [InlineData("(?P<one>a)(?P<one>b)", "a second group named 'one'")]
    [InlineData("(?(2)a)(b)", "a condition on group 2, of 1")]
    [InlineData("(?<=a+)b", "a lookbehind at texts of different lengths")]
    [InlineData("a(?i)", "flags for all of the expression that are not at its start")]
    [InlineData("(?<name>a)", "a group of an unknown kind")]
    [InlineData("(?-u:a)", "the flag 'u' turned off at or before position 4.")]
    public void Refuses_what_python_refuses_or_is_not_supported_and_quotes_it(string pattern, string reason)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new PythonRegex(pattern));
        Assert.StartsWith($"The expression '{pattern}' cannot be used. It has ", exception.Message);
        Assert.Contains(reason, exception.Message);
        Assert.Equal("pattern", exception.ParamName);
    }

    [Fact]
    public void Refuses_nesting_that_would_exhaust_the_stack() => Assert.Contains(
        "more than 300 groups inside each other",
        Assert.Throws<ArgumentException>(() => new PythonRegex(new string('(', 100_000))).Message);

    [Fact]
    public void Quotes_the_expression_and_the_text_that_took_too_long()
    {
        PythonRegex regex = new("(a|aa)+b", timeout: TimeSpan.FromMilliseconds(1));
        string text = new string('a', 60) + "😀";
        RegexMatchTimeoutException exception = Assert.Throws<RegexMatchTimeoutException>(() => regex.FullMatch(text));
        Assert.Equal(("(a|aa)+b", text), (exception.Pattern, exception.Input));
    }

    [Fact]
    public async Task Rewards_a_match_of_the_whole_text()
    {
        PatternReward reward = new("boxed", new PythonRegex(@".*\\boxed\{[A-D]\}"));
        Assert.Equal(1.0, await reward.Score(@"so \boxed{C}"));
        Assert.Equal(0.0, await reward.Score(@"so \boxed{C}."));
    }
}
