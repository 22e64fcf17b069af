namespace MedR1.Conformance.Tests;

/// <summary>Runs the cases in the repository, one test per kind.</summary>
public sealed class GoldenCasesTests
{
    private static readonly string Root = FindGolden();

    public static TheoryData<string> Kinds() => [.. new ConformanceSuite(Root).Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_case_of_a_kind_passes(string kind)
    {
        KindResult result = new ConformanceSuite(Root).Run(kind);
        string[] bad = [.. result.Results.Where(one => !one.Passed).Select(one => $"{one.Case}: {string.Join("; ", one.Failures)}")];
        Assert.True(bad.Length == 0, $"{result.Summary}\n{string.Join('\n', bad)}");
        Assert.True(result.Results.Count > 0, $"No case of {kind} ran.");
        Assert.Empty(result.NotRun);
    }

    private static string FindGolden()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "tests", "Golden");
            if (Directory.Exists(golden))
            {
                return golden;
            }
        }

        throw new DirectoryNotFoundException($"No tests/Golden above '{AppContext.BaseDirectory}'.");
    }
}
