namespace MedR1.Conventions.Tests;

/// <summary>A message, a file or a prompt is the same in every country.</summary>
public sealed class CultureTests
{
    [Fact]
    public void No_package_formats_or_parses_by_the_current_culture()
    {
        string[] places = [.. Repository.PackageFolders().AsParallel().SelectMany(CultureScan.PlacesIn)];
        Assert.True(places.Length == 0, string.Join('\n', places));
    }

    [Theory]
    [InlineData("$\"{x}\"", true)]
    [InlineData("\"a\" + $\"b{x}\"", true)]
    [InlineData("\"a\" + x", true)]
    [InlineData("$\"{n:N0}\"", true)]
    [InlineData("$\"{n}\"", false)]
    [InlineData("$\"{n:X}\"", false)]
    [InlineData("FormattableString.Invariant($\"{x}\")", false)]
    [InlineData("string.Create(CultureInfo.InvariantCulture, $\"a{n}\" + $\"b{x:F1}\")", false)]
    [InlineData("new StringBuilder().Append($\"{x}\").ToString()", true)]
    [InlineData("new StringBuilder().Append(CultureInfo.InvariantCulture, $\"{x}\").ToString()", false)]
    [InlineData("x.ToString()", true)]
    [InlineData("x.ToString(\"F2\")", true)]
    [InlineData("x.ToString(CultureInfo.InvariantCulture)", false)]
    [InlineData("string.Join(\", \", new double[1])", true)]
    [InlineData("string.Join(\", \", new int[1])", false)]
    [InlineData("string.Format(\"{0}\", x)", true)]
    [InlineData("$\"{maybe}\"", true)]
    [InlineData("$\"{(object)x}\"", true)]
    [InlineData("$\"{time:O}\"", true)]
    [InlineData("$\"{int.Parse(\"1\")}\"", true)]
    [InlineData("\"I\".ToLower()", true)]
    [InlineData("\"I\".ToLowerInvariant()", false)]
    public void Places_are_found_by_what_formats_them(string expression, bool isCultural)
    {
        IReadOnlyList<string> places = CultureScan.PlacesInCode(
            $$"""
            using System; using System.Globalization; using System.Text;
            static class C { static string Text(double x, int n, double? maybe, DateTime time) => {{expression}}; }
            """);
        Assert.Equal(isCultural ? 1 : 0, places.Count);
    }
}
