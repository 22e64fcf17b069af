using System.Text;
using System.Text.Json;

namespace MedR1.Abstractions.Tests;

// Expected values: Python 3.11.
public sealed class FinalSigmaTests
{
    [Theory]
    [InlineData("ΑΣ", "ας")]
    [InlineData("Σ", "σ")]
    [InlineData("ΣΣ", "σς")]
    [InlineData("ΟΔΥΣΣΕΥΣ ΟΔΥΣΣΕΥΣ!", "οδυσσευς οδυσσευς!")]
    [InlineData(" Σ", " σ")]
    [InlineData("1Σ", "1σ")]
    [InlineData("ΑΣ1", "ας1")]
    [InlineData("Α'Σ.", "α'ς.")]
    [InlineData("ΑΣ'Α", "ασ'α")]
    [InlineData("ΑΣ\u0301\u200D Α", "ας\u0301\u200D α")]
    [InlineData("'Σ", "'σ")]
    [InlineData("\U00010400Σ", "\U00010428ς")]
    [InlineData("ΑΣ\U00010400", "ασ\U00010428")]
    public void The_capital_sigma_is_final_after_a_letter_unless_one_follows(string text, string expected) =>
        Assert.Equal(expected, PythonText.ToLower(text));

    // Not as data of the test above: an attribute can't contain half of a pair.
    [Fact]
    public void Half_of_a_surrogate_pair_is_not_a_letter()
    {
        Assert.Equal("α\uD801σ", PythonText.ToLower("Α\uD801Σ"));
        Assert.Equal("ας\uDC00α", PythonText.ToLower("ΑΣ\uDC00Α"));
    }

    [Fact]
    public void Every_character_affects_it_as_in_Python()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(GoldenFile()));
        HashSet<int> cased = Members(golden.RootElement.GetProperty("cased"));
        HashSet<int> ignored = Members(golden.RootElement.GetProperty("ignored"));
        Rune[] all = [.. Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value))];

        // A sigma after it is final if it is cased; or if it is ignored and follows an "a".
        AssertSame(cased, all, character => PythonText.ToLower($"{character}Σ").EndsWith('ς'));
        AssertSame(
            [.. cased, .. ignored], all, character => PythonText.ToLower($"a{character}Σ").EndsWith('ς'));

        // A sigma before it is not final if it is cased; or if it is ignored and an "a" follows.
        AssertSame(cased, all, character => PythonText.ToLower($"aΣ{character}")[1] == 'σ');
        AssertSame([.. cased, .. ignored], all, character => PythonText.ToLower($"aΣ{character}a")[1] == 'σ');
    }

    private static void AssertSame(HashSet<int> expected, Rune[] all, Func<Rune, bool> holds) => Assert.Empty(
        all.Where(character => holds(character) != expected.Contains(character.Value))
            .Select(character => $"U+{character.Value:X4}"));

    private static HashSet<int> Members(JsonElement ranges) => [.. ranges.EnumerateArray().SelectMany(
        range => Enumerable.Range(range[0].GetInt32(), range[1].GetInt32() - range[0].GetInt32() + 1))];

    private static string GoldenFile()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "tests", "Golden", "final-sigma", "classes.json");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException($"No tests/Golden/final-sigma above '{AppContext.BaseDirectory}'.");
    }
}
