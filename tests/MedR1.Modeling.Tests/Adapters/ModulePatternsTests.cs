namespace MedR1.Modeling.Tests;

public sealed class ModulePatternsTests
{
    // What Python's re.fullmatch says; .NET reads the first two as an error and as the text "{,1}", and numbers groups otherwise.
    [Theory]
    [InlineData(@"(?P<list>layers|blocks)\.(?P<n>\d)\.(?P=list)", "blocks.1.blocks", true)]
    [InlineData(@"layers\.\d{,1}", "layers.1", true)]
    [InlineData(@"layers\.\d{,1}", "layers.11", false)]
    [InlineData(@"q_proj\Z", "q_proj", true)]
    [InlineData(@"[]{,1}[(?P<]+", "{,1[(?P<]", true)]
    [InlineData(@"[^]a{,]+", "b1}", true)]
    [InlineData(@"[^]a{,]+", "b]", false)]
    [InlineData(@"\[\{,1}\\", @"[{,1}\", true)]
    [InlineData(@"(?P<list>layers|blocks)\.(\d)\.\2", "blocks.1.1", true)]
    [InlineData(@"(?P<list>layers|blocks)\.(\d)\.\2", "blocks.1.blocks", false)]
    [InlineData(@"(layers\.)?+layers\.\d", "layers.1", false)]
    [InlineData(@"(?>layers\.|)\d", "layers.1", true)]
    [InlineData(@"(vision\.)?blocks\.(?(1)\d|\d\d)", "vision.blocks.1", true)]
    [InlineData(@"(vision\.)?blocks\.(?(1)\d|\d\d)", "blocks.1", false)]
    [InlineData(@"(?i)(?:.*\.)?Q_PROJ(?!x)", "a.q_proj", true)]
    public void A_pattern_matches_what_it_matches_in_Python(string pattern, string name, bool matches) =>
        Assert.Equal(matches, ModulePatterns.MatchesAll(name, pattern));
}
