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
    [InlineData(@"(a)\1")]
    [InlineData("(?i)a")]
    [InlineData("a*+")]
    [InlineData("a😀")]
    [InlineData(@"[\ud800-\udfff]")]
    [InlineData(@"\q")]
    [InlineData("[b-a]")]
    [InlineData("[ab")]
    [InlineData("(a")]
    [InlineData("a)")]
    public void Refuses_unsupported_syntax_and_quotes_it(string pattern)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => new PythonRegex(pattern));
        Assert.Contains($"The expression '{pattern}' ", exception.Message);
        Assert.Equal("pattern", exception.ParamName);
    }

    [Fact]
    public async Task Rewards_a_match_of_the_whole_text()
    {
        PatternReward reward = new("boxed", new PythonRegex(@".*\\boxed\{[A-D]\}"));
        Assert.Equal(1.0, await reward.Score(@"so \boxed{C}"));
        Assert.Equal(0.0, await reward.Score(@"so \boxed{C}."));
    }
}
