using CsCheck;

namespace MedR1.Modeling.Tests;

public sealed class WordSplitterTests
{
    // Expected words follow from the pattern, alternative by alternative.
    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("I'LL can't it\u017F's", "I|'LL| can|'t| it\u017F|'s")]
    [InlineData("it'\u017F", "it|'\u017F")]
    [InlineData("12 3", "1|2| |3")]
    [InlineData("a  b   \n c", "a| | b|   \n| c")]
    [InlineData("x \r\n\r\n  y  ", "x| \r\n\r\n| | y|  ")]
    [InlineData("(left) ...\n\nnext", "(left|)| ...\n\n|next")]
    [InlineData("\tword\t!", "\tword|\t|!")]
    [InlineData("\nword", "\n|word")]
    [InlineData("\U0001D400\U00020000a", "\U0001D400\U00020000a")]
    [InlineData("\U0001F600\U0001D7D8x", "\U0001F600|\U0001D7D8|x")]
    [InlineData("\U0001F600\U0001F600x", "\U0001F600\U0001F600|x")]
    [InlineData("\U0001F600x", "\U0001F600x")]
    [InlineData("a\u3000 \u3000b", "a|\u3000 |\u3000b")]
    [InlineData("'", "'")]
    [InlineData("'x'l", "'x|'l")]
    [InlineData(" '", " '")]
    public void Splits_like_the_published_pattern(string text, string words)
    {
        Assert.Equal(words.Split('|'), WordSplitter.Split(text));
    }

    [Fact]
    public void The_words_joined_give_the_text()
    {
        Check.Sample(Gen.String, text => Assert.Equal(text, string.Concat(WordSplitter.Split(text))), iter: 2_000);
    }
}
