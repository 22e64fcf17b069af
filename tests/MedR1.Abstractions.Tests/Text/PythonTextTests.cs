using System.Text;

namespace MedR1.Abstractions.Tests;

// Expected values: Python 3.11.
public sealed class PythonTextTests
{
    [Theory]
    [InlineData("\u001C C\u001F\n", "C")]
    [InlineData("\u3000\u2028x\u0085", "x")]
    [InlineData("\u200Bx\uFEFF", "\u200Bx\uFEFF")]
    [InlineData(" \t", "")]
    [InlineData("", "")]
    public void Strips_white_space(string text, string expected) => Assert.Equal(expected, PythonText.Strip(text));

    [Fact]
    public void Returns_a_text_without_outer_white_space_uncopied()
    {
        string text = new('x', 3);
        Assert.Same(text, PythonText.Strip(text));
    }

    [Fact]
    public void Splits_words_and_lines()
    {
        Assert.Equal(["a", "b"], PythonText.Split(" a\u001Cb\n"));
        Assert.Empty(PythonText.Split(" "));
        Assert.Equal(["a", "", "b", "c"], PythonText.SplitLines("a\r\n\nb\u2028c"));
        Assert.Equal(["a"], PythonText.SplitLines("a\n"));
        Assert.Empty(PythonText.SplitLines(""));
    }

    [Theory]
    [InlineData('\u00B2', true)]
    [InlineData('\u00BD', true)]
    [InlineData('_', true)]
    [InlineData('\u0301', false)]
    [InlineData('\u200D', false)]
    public void Recognizes_word_characters(char character, bool expected) =>
        Assert.Equal(expected, PythonText.IsWordCharacter(new Rune(character)));

    [Fact]
    public void Ignores_letters_that_unicode_14_does_not_assign()
    {
        Assert.False(PythonText.IsWordCharacter(new Rune(0x1C89)));
        Assert.True(PythonText.IsWordCharacter(new Rune(0x1C88)));
        Assert.False(PythonText.IsDecimalDigit(new Rune(0x1E5F1)));
    }

    [Theory]
    [InlineData("straße ﬁ ı", "STRASSE FI I")]
    [InlineData("ŉǰ", "\u02BCNJ\u030C")]
    [InlineData("x\uD800y", "X\uD800Y")]
    public void Converts_to_full_upper_case(string text, string expected) =>
        Assert.Equal(expected, PythonText.ToUpper(text));

    [Theory]
    [InlineData("Straße", "strasse")]
    [InlineData("ẞ", "ss")]
    [InlineData("ς", "σ")]
    [InlineData("İ", "i\u0307")]
    [InlineData("ı", "ı")]
    [InlineData("\uAB70", "\u13A0")]
    public void Folds_case(string text, string expected) => Assert.Equal(expected, PythonText.CaseFold(text));
}
