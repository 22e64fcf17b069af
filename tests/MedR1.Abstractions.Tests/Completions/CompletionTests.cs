namespace MedR1.Abstractions.Tests;

public sealed class CompletionTests
{
    private static Completion Make() => new()
    {
        Text = "yes", TokenIds = [4, 5], StopReason = StopReason.EndToken, LogProbabilities = [-0.5f, -1],
        ProcessedLogProbabilities = [-0.25f, -1], SampleIndex = 1,
    };

    [Fact]
    public void Completions_of_equal_content_are_equal()
    {
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.True(Make() == Make() with { TokenIds = new List<int> { 4, 5 } });
    }

    [Fact]
    public void Completions_that_differ_in_any_part_are_not_equal()
    {
        Completion[] others =
        [
            Make() with { Text = "no" }, Make() with { TokenIds = [4, 6] }, Make() with { StopReason = StopReason.Length },
            Make() with { LogProbabilities = [-0.5f] }, Make() with { ProcessedLogProbabilities = [] },
            Make() with { SampleIndex = 0 },
        ];
        Assert.All(others, other => Assert.NotEqual(Make(), other));
    }

    [Fact]
    public void It_prints_its_text() => Assert.Equal("yes (2 tokens, EndToken)", Make().ToString());
}
