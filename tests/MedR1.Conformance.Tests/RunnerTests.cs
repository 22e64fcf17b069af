namespace MedR1.Conformance.Tests;

/// <summary>The runner itself must be able to fail.</summary>
public sealed class RunnerTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-conformance-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_wrong_number_fails_and_is_named_with_got_and_expected()
    {
        // smart_resize(56, 56) is 56 x 56 (both sides are multiples of 28 within the limits), so 84 x 56 is wrong.
        WriteCase("smart-resize", "transformers", """
            {"kind":"smart-resize","name":"transformers","made_with":{"transformers":"none"},
             "inputs":{"columns":["height","width","factor","min_pixels","max_pixels"],"items":[[56,56,28,3136,12845056]]},"expected":{"items":[[84,56]]},"tolerance":{"exact":true}}
            """);
        KindResult result = new ConformanceSuite(_root).Run("smart-resize");
        CaseResult only = Assert.Single(result.Results);
        Assert.False(only.Passed);
        Assert.NotEmpty(only.Failures);
    }

    [Fact]
    public void An_unknown_kind_is_listed_as_not_run()
    {
        WriteCase("no-such-kind", "one", """{"kind":"no-such-kind","name":"one","inputs":{},"expected":{}}""");
        KindResult result = new ConformanceSuite(_root).Run("no-such-kind");
        Assert.Empty(result.Results);
        Assert.Equal("no-such-kind: not run (1 cases)", result.Summary);
    }

    [Theory]
    [InlineData(1.0 + 1.5e-5, 1.0, 1e-5, 1e-5, true)]
    [InlineData(1.0 + 2.5e-5, 1.0, 1e-5, 1e-5, false)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity, 0, 0, true)]
    [InlineData(1e30, double.PositiveInfinity, 1, 1, false)]
    [InlineData(double.NaN, 1.0, 1, 1, false)]
    public void A_tolerance_is_absolute_plus_relative(double got, double expected, double absolute, double relative, bool passes) =>
        Assert.Equal(passes, new Tolerance(false, absolute, relative, null, null).Share([got], [expected], out _) <= 1);

    [Fact]
    public void A_folder_without_cases_is_refused() =>
        Assert.Throws<DirectoryNotFoundException>(() => new ConformanceSuite(Path.Combine(_root, "nothing")));

    private void WriteCase(string kind, string name, string json)
    {
        string folder = Path.Combine(_root, "cases", kind, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "case.json"), json);
    }
}
