using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Conformance;

/// <summary>Ids to text, with and without control tokens.</summary>
public sealed class TokenizerDecodeKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "tokenizer-decode";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) => CaseTokenizer.Obstacle(conformanceCase);

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        BytePairTokenizer tokenizer = CaseTokenizer.Open(conformanceCase, CaseTokenizer.NameIn(conformanceCase));
        JsonElement kept = conformanceCase.Expected.GetProperty("text");
        JsonElement left = conformanceCase.Expected.GetProperty("text_without_special_tokens");
        int i = 0;
        foreach (JsonElement item in conformanceCase.Inputs.GetProperty("items").EnumerateArray())
        {
            if (CaseTokenizer.Binds(item))
            {
                int[] ids = CaseTokenizer.Ids(item.GetProperty("ids"));
                checker.Equal(
                    CaseTokenizer.Label("text", i, item), kept[i].GetString(),
                    tokenizer.Decode(ids, skipSpecialTokens: false));
                checker.Equal(
                    CaseTokenizer.Label("text_without_special_tokens", i, item), left[i].GetString(),
                    tokenizer.Decode(ids));
            }

            i++;
        }
    }
}
