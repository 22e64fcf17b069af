namespace MedR1.Modeling.Tests;

public sealed class PythonPatternTests
{
    // What Python's re.fullmatch says; .NET reads the first two as an error and as the text "{,1}".
    [Theory]
    [InlineData(@"(?P<list>layers|blocks)\.(?P<n>\d)\.(?P=list)", "blocks.1.blocks", true)]
    [InlineData(@"layers\.\d{,1}", "layers.1", true)]
    [InlineData(@"layers\.\d{,1}", "layers.11", false)]
    [InlineData(@"q_proj\Z", "q_proj", true)]
    [InlineData(@"[]{,1}[(?P<]+", "{,1[(?P<]", true)]
    [InlineData(@"[^]a{,]+", "b1}", true)]
    [InlineData(@"[^]a{,]+", "b]", false)]
    [InlineData(@"\[\{,1}\\", @"[{,1}\", true)]
    [InlineData(@"(?i)(?:.*\.)?Q_PROJ(?!x)", "a.q_proj", true)]
    public void A_pattern_matches_what_it_matches_in_Python(string pattern, string name, bool matches) =>
        Assert.Equal(matches, ModuleSelection.Matches(name, pattern));
}
