using System.Text;
using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Conformance;

/// <summary>Which characters the word splitter treats as letters, numbers and white space.</summary>
public sealed class TokenizerClassesKind : IConformanceKind
{
    private const int CodePoints = 0x110000;

    /// <inheritdoc/>
    public string Kind => "tokenizer-classes";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        CheckClass("letter", WordSplitter.IsLetter);
        CheckClass("number", WordSplitter.IsNumber);
        CheckClass("white_space", WordSplitter.IsWhiteSpace);
        foreach (JsonProperty letter in conformanceCase.Expected.GetProperty("case_insensitive").EnumerateObject())
        {
            HashSet<int> expected =
                [.. letter.Value.EnumerateArray().Select(text => text.GetString()!.EnumerateRunes().First().Value)];
            for (int codePoint = 0; codePoint < CodePoints; codePoint++)
            {
                bool got = WordSplitter.MatchesIgnoringCase(codePoint, letter.Name[0]);
                if (got != expected.Contains(codePoint))
                {
                    checker.Equal($"case_insensitive {letter.Name}, U+{codePoint:X4}", !got, got);
                }
            }
        }

        void CheckClass(string field, Func<int, bool> isIn)
        {
            bool[] expected = Set(field);
            bool[] later = Set(field + "_later");
            int wrong = 0;
            for (int codePoint = 0; codePoint < CodePoints; codePoint++)
            {
                if (!later[codePoint] && expected[codePoint] != isIn(codePoint))
                {
                    wrong++;
                    checker.Equal($"{field} U+{codePoint:X4}", expected[codePoint], isIn(codePoint));
                }
            }

            checker.Equal($"{field}: characters that differ", 0, wrong);
        }

        bool[] Set(string field)
        {
            bool[] set = new bool[CodePoints];
            if (conformanceCase.Expected.TryGetProperty(field, out JsonElement ranges))
            {
                foreach (JsonElement range in ranges.EnumerateArray())
                {
                    Array.Fill(set, true, range[0].GetInt32(), range[1].GetInt32() - range[0].GetInt32() + 1);
                }
            }

            return set;
        }
    }
}
