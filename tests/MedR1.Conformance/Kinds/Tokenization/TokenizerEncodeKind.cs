using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Conformance;

/// <summary>Text to ids, with control tokens recognized and as plain text.</summary>
public sealed class TokenizerEncodeKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "tokenizer-encode";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) => CaseTokenizer.Obstacle(conformanceCase);

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        BytePairTokenizer tokenizer = CaseTokenizer.Open(conformanceCase, CaseTokenizer.NameIn(conformanceCase));
        JsonElement[] items = [.. conformanceCase.Inputs.GetProperty("items").EnumerateArray()];
        if (conformanceCase.Inputs.TryGetProperty("first_added_id", out JsonElement first))
        {
            int id = first.GetInt32();
            foreach (JsonElement token in conformanceCase.Inputs.GetProperty("added_tokens").EnumerateArray())
            {
                checker.Equal(
                    $"id of {token}", id++, tokenizer.SpecialTokens.GetValueOrDefault(token.GetString()!, -1));
            }
        }

        int[][] expected = [.. conformanceCase.Expected.GetProperty("ids").EnumerateArray().Select(CaseTokenizer.Ids)];
        int[][] plain = [.. expected];
        foreach (JsonElement row in conformanceCase.Expected.GetProperty("ids_as_plain_text").EnumerateArray())
        {
            plain[row.GetProperty("item").GetInt32()] = CaseTokenizer.Ids(row.GetProperty("ids"));
        }

        for (int i = 0; i < items.Length; i++)
        {
            if (!CaseTokenizer.Binds(items[i]))
            {
                continue;
            }

            string text = items[i].GetProperty("text").GetString()!;
            checker.SequenceEqual(
                CaseTokenizer.Label("ids", i, items[i]), expected[i],
                tokenizer.Encode(text, ControlTokenHandling.Parse));
            checker.SequenceEqual(
                CaseTokenizer.Label("ids_as_plain_text", i, items[i]), plain[i], tokenizer.Encode(text));
        }
    }
}
