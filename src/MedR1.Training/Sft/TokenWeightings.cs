using System.Text.RegularExpressions;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Common ways to weight the tokens of a completion.</summary>
public static class TokenWeightings
{
    /// <summary>
    /// Weights the tokens that a match of a pattern overlaps: without this, an answer's letter, one token in ten, is drowned out by the
    /// format.
    /// </summary>
    /// <param name="pattern">
    /// The pattern to find in the completion's text; only group 1 counts if the pattern has one, otherwise the whole match.
    /// </param>
    /// <param name="weight">The weight of tokens that contain a character of a match.</param>
    /// <param name="otherWeight">The weight of all other tokens.</param>
    public static TokenWeighting Matching(Regex pattern, float weight, float otherWeight = 1f)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return (tokenIds, tokenizer) =>
        {
            (string text, int[] starts) = Locate(tokenIds, tokenizer);
            float[] weights = new float[tokenIds.Count];
            Array.Fill(weights, otherWeight);
            foreach (Match match in pattern.Matches(text))
            {
                Group span = match.Groups.Count > 1 ? match.Groups[1] : match;
                for (int token = 0; token < weights.Length; token++)
                {
                    if (starts[token] < span.Index + span.Length && starts[token + 1] > span.Index)
                    {
                        weights[token] = weight;
                    }
                }
            }

            return weights;
        };
    }

    private static (string Text, int[] Starts) Locate(IReadOnlyList<int> tokenIds, ITextTokenizer tokenizer)
    {
        IStreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skipSpecialTokens: false);
        int[] starts = new int[tokenIds.Count + 1];
        System.Text.StringBuilder text = new();
        for (int token = 0; token < tokenIds.Count; token++)
        {
            starts[token] = text.Length;
            text.Append(decoder.Append(tokenIds[token]));
        }

        text.Append(decoder.Complete());
        starts[^1] = text.Length;
        return (text.ToString(), starts);
    }
}
