using System.Text;
using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Conformance;

/// <summary>Which characters may be shown after each id of a stream.</summary>
public sealed class TokenizerStreamKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "tokenizer-stream";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) => CaseTokenizer.Obstacle(conformanceCase);

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        BytePairTokenizer tokenizer = CaseTokenizer.Open(conformanceCase, CaseTokenizer.NameIn(conformanceCase));
        JsonElement final = conformanceCase.Expected.GetProperty("final_text");
        JsonElement counts = conformanceCase.Expected.GetProperty("code_points_after_each_id");
        int i = 0;
        foreach (JsonElement item in conformanceCase.Inputs.GetProperty("items").EnumerateArray())
        {
            if (CaseTokenizer.Binds(item))
            {
                bool skip = item.GetProperty("skip_special_tokens").GetBoolean();
                int[] ids = CaseTokenizer.Ids(item.GetProperty("ids"));
                IStreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skip);
                StringBuilder shown = new();
                List<int> got = [];
                foreach (int id in ids)
                {
                    shown.Append(decoder.Append(id));
                    got.Add(shown.ToString().EnumerateRunes().Count());
                }

                shown.Append(decoder.Complete());
                checker.SequenceEqual(
                    CaseTokenizer.Label("code_points_after_each_id", i, item), CaseTokenizer.Ids(counts[i]), got);
                checker.Equal(CaseTokenizer.Label("final_text", i, item), final[i].GetString(), shown.ToString());
                checker.Equal(
                    CaseTokenizer.Label("decode", i, item), final[i].GetString(), tokenizer.Decode(ids, skip));
            }

            i++;
        }
    }
}
