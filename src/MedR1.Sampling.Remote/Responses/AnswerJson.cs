using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Parses answers, including those written by Python.</summary>
internal static class AnswerJson
{
    /// <summary>
    /// Parses an answer. Python writes numbers that aren't finite as NaN and Infinity, which JSON doesn't have: they are read as null, so
    /// that the calling reader can report where they are.
    /// </summary>
    /// <exception cref="JsonException">The answer is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return JsonDocument.Parse(answer);
        }
        catch (JsonException)
        {
            byte[] repaired = WithoutNonFinite(answer.Span);
            return JsonDocument.Parse(repaired);
        }
    }

    private static byte[] WithoutNonFinite(ReadOnlySpan<byte> answer)
    {
        List<byte> repaired = new(answer.Length);
        bool inText = false;
        for (int i = 0; i < answer.Length; i++)
        {
            if (!inText && LengthOfNonFinite(answer[i..]) is > 0 and int length)
            {
                repaired.AddRange("null"u8);
                i += length - 1;
                continue;
            }

            repaired.Add(answer[i]);
            if (answer[i] == (byte)'"')
            {
                inText = !inText;
            }
            else if (inText && answer[i] == (byte)'\\' && i + 1 < answer.Length)
            {
                repaired.Add(answer[++i]);
            }
        }

        return [.. repaired];
    }

    private static int LengthOfNonFinite(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("NaN"u8) ? 3
        : rest.StartsWith("-Infinity"u8) ? 9
        : rest.StartsWith("Infinity"u8) ? 8
        : 0;
}
