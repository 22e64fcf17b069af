namespace MedR1.Conventions.Tests;

/// <summary>Conventions of the code base.</summary>
public sealed class SourceConventionTests
{
    [Fact]
    public void No_source_file_is_longer_than_500_lines()
    {
        string[] long_ = [.. new[] { "src", "tests", "samples", "benchmarks" }.Where(folder => Directory.Exists(Repository.Path(folder)))
            .SelectMany(Repository.SourceFiles)
            .Where(file => File.ReadLines(file).Count() > 500)];
        Assert.Empty(long_);
    }

    [Fact]
    public void The_median_source_file_of_the_packages_stays_short()
    {
        int[] lines = [.. Repository.SourceFiles("src").Select(file => File.ReadLines(file).Count()).Order()];
        Assert.True(lines[lines.Length / 2] < 80, $"The median file has {lines[lines.Length / 2]} lines.");
    }

    // Visual Basic can't call methods with span parameters, and F# needs an explicit span: use an array or a list instead.
    [Fact]
    public void Params_parameters_are_not_spans() =>
        Assert.All(
            Repository.PackageFolders(),
            folder => Assert.DoesNotContain(
                File.ReadLines(Path.Combine(folder, "PublicAPI.Unshipped.txt")),
                line => line.StartsWith("static ", StringComparison.Ordinal)
                    && line.Contains("params System.ReadOnlySpan", StringComparison.Ordinal)));

    [Fact]
    public void Every_package_has_a_readme() =>
        Assert.All(
            Repository.PackageFolders(),
            folder => Assert.True(File.Exists(Path.Combine(folder, "README.md")), $"{folder} has no README.md."));

    [Fact]
    public void Nuget_config_names_no_remote_host() =>
        Assert.DoesNotContain("://", File.ReadAllText(Repository.Path("nuget.config")));
}
