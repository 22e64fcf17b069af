namespace MedR1.Abstractions.Tests;

// Expected values: Python 3.11's difflib.SequenceMatcher(None, a, b).ratio().
public sealed class SequenceMatcherTests
{
    [Theory]
    [InlineData("", "", 1.0)]
    [InlineData("", "a", 0.0)]
    [InlineData("tide", "diet", 0.25)]
    [InlineData("diet", "tide", 0.5)]
    [InlineData("abcd", "bcde", 0.75)]
    [InlineData("😀a", "a😀", 0.5)]
    public void Equals_difflib(string first, string second, double expected) =>
        Assert.Equal(expected, SequenceMatcher.Ratio(first, second));

    // 199 times a: indexed. 200 times: a occurs more than 200 // 100 + 1 = 3 times, so that it is omitted from the
    // index.
    [Fact]
    public void Ignores_frequent_characters_of_long_texts_like_difflib()
    {
        Assert.Equal(2.0 * 199 / 399, SequenceMatcher.Ratio("b" + new string('a', 199), new string('a', 199)));
        Assert.Equal(0.0, SequenceMatcher.Ratio("b" + new string('a', 200), new string('a', 200)));

        // Without an indexed character the match still grows from the start.
        Assert.Equal(1.0, SequenceMatcher.Ratio(new string('a', 200), new string('a', 200)));
    }
}
