using System.Text.Json;

namespace MedR1.Rewards.Tests;

/// <summary>Compares with what Python's <c>re</c> says (tests/Golden/python-re).</summary>
public sealed class PythonRegexTableTests
{
    [Fact]
    public void Finds_what_python_finds_and_refuses_what_it_refuses()
    {
        using JsonDocument table = GoldenTable.Load("python-re");
        List<string> differences = [];
        foreach (JsonElement row in table.RootElement.EnumerateArray())
        {
            string pattern = row[0].GetString()!;
            PythonRegex? regex = null;
            try
            {
                regex = new PythonRegex(pattern);
            }
            catch (ArgumentException exception) when (row[1].ValueKind == JsonValueKind.Null)
            {
                differences.Add(exception.Message);
            }
            catch (ArgumentException)
            {
                continue;
            }

            if (row[1].ValueKind != JsonValueKind.Null)
            {
                differences.Add($"'{pattern}' is accepted; Python says {row[1]}");
            }

            foreach (JsonElement result in row[2].EnumerateArray())
            {
                string text = result[0].GetString()!;
                Compare(pattern, text, result[1], regex?.Search(text), differences);
                Compare(pattern, text, result[2], regex?.FullMatch(text), differences);
            }
        }

        Assert.Empty(differences);
        Assert.Equal(400, table.RootElement.GetArrayLength());
    }

    private static void Compare(string pattern, string text, JsonElement expected, PythonMatch? match, List<string> differences)
    {
        string actual = match is null ? "null" : JsonSerializer.Serialize<object[]>([match.Start, match.End, match.Groups]);
        if (!JsonElement.DeepEquals(expected, JsonElement.Parse(actual)))
        {
            differences.Add($"'{pattern}' on '{text}': expected {expected.GetRawText()}, actual {actual}");
        }
    }
}
