using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>Converts the options of <c>generate</c> to those of the library.</summary>
internal static class GenerationOptions
{
    private static readonly HashSet<string> s_known =
    [
        "max_new_tokens", "min_new_tokens", "do_sample", "temperature", "top_k", "top_p", "min_p", "repetition_penalty",
        "suppress_tokens", "eos_token_id", "pad_token_id",
    ];

    /// <summary>The names of the options that <see cref="Read"/> doesn't know.</summary>
    public static string[] Unknown(JsonElement generation) =>
        [.. generation.EnumerateObject().Select(option => option.Name).Where(name => !s_known.Contains(name))];

    /// <summary>Reads the options; those not in the case are off.</summary>
    public static SamplingOptions Read(JsonElement generation) => new()
    {
        MaxNewTokens = Integer(generation, "max_new_tokens") ?? 256,
        MinNewTokens = Integer(generation, "min_new_tokens") ?? 0,
        Temperature = IsSampling(generation) ? Number(generation, "temperature") ?? 1 : 0,
        TopK = Integer(generation, "top_k") is int topK and > 0 ? topK : null,
        TopP = Number(generation, "top_p") ?? 1,
        MinP = Number(generation, "min_p"),
        RepetitionPenalty = Number(generation, "repetition_penalty") ?? 1,
        SuppressedTokenIds =
            generation.TryGetProperty("suppress_tokens", out JsonElement suppressed) ? Integers(suppressed) : [],
        EndTokenIds = generation.TryGetProperty("eos_token_id", out JsonElement end) ? Integers(end) : [],
    };

    /// <summary>Reads a list of integers; an integer or null means a list of one or none.</summary>
    public static int[] Integers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().Select(item => item.GetInt32())],
        JsonValueKind.Number => [value.GetInt32()],
        _ => [],
    };

    /// <summary>Reads an integer or null.</summary>
    public static int? Integer(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt32()
            : null;

    private static double? Number(JsonElement parent, string name) => parent.OptionalNumber(name);

    private static bool IsSampling(JsonElement generation) =>
        generation.TryGetProperty("do_sample", out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
