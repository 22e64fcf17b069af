namespace MedR1;

/// <summary>Checks sampling options by the rules common to all samplers; a sampler adds its own rules.</summary>
public static class SamplingOptionsValidator
{
    // Logits are float32: a divisor outside this range, such as double.Epsilon for "almost 0", makes ordinary logits infinite or NaN.
    private const double MinDivisor = 1e-30;
    private const double MaxDivisor = 1e30;

    /// <summary>Finds every mistake.</summary>
    /// <param name="options">The options.</param>
    /// <param name="vocabularySize">The model's vocabulary size, to check ids; <see langword="null"/> if unknown.</param>
    /// <returns>One sentence for each mistake, with the value and the fix; empty if there are none.</returns>
    public static IReadOnlyList<string> FindErrors(SamplingOptions options, int? vocabularySize = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<string> errors = [];
        void Require(bool holds, FormattableString error)
        {
            if (!holds)
            {
                errors.Add(FormattableString.Invariant(error));
            }
        }

        Require(options.SamplesPerPrompt >= 1, $"SamplesPerPrompt is {options.SamplesPerPrompt}; use at least 1.");
        Require(options.MaxNewTokens >= 1, $"MaxNewTokens is {options.MaxNewTokens}; use at least 1.");
        Require(options.MinNewTokens >= 0, $"MinNewTokens is {options.MinNewTokens}; use 0 for none.");
        Require(
            options.MinNewTokens <= Math.Max(1, options.MaxNewTokens),
            $"MinNewTokens is {options.MinNewTokens}, above MaxNewTokens {options.MaxNewTokens}; change one of them.");
        Require(
            options.Temperature == 0 || IsDivisor(options.Temperature),
            $"Temperature is {options.Temperature}; use {MinDivisor} to {MaxDivisor}, or 0 to take the most likely token.");
        Require(options.TopK is null or >= 1, $"TopK is {options.TopK}; use at least 1, or null to keep all.");
        Require(
            options.TopP is > 0 and <= 1,
            $"TopP is {options.TopP}; use a number above 0 and at most 1 (1 keeps all).");
        Require(options.MinP is null or (>= 0 and <= 1), $"MinP is {options.MinP}; use 0 to 1, or null to keep all.");
        Require(
            IsDivisor(options.RepetitionPenalty),
            $"RepetitionPenalty is {options.RepetitionPenalty}; use {MinDivisor} to {MaxDivisor}, 1 for none.");
        Require(options.StopStrings is not null, $"StopStrings is null; use an empty list for none.");
        Require(
            options.StopStrings?.All(text => !string.IsNullOrEmpty(text)) ?? true,
            $"StopStrings contains an empty string, which would end every completion immediately; remove it.");
        Require(options.SuppressedTokenIds is not null, $"SuppressedTokenIds is null; use an empty list for none.");
        CheckIds(errors, nameof(options.SuppressedTokenIds), options.SuppressedTokenIds, vocabularySize);
        CheckIds(errors, nameof(options.EndTokenIds), options.EndTokenIds, vocabularySize);
        return errors;
    }

    /// <summary>Throws if the options are invalid.</summary>
    /// <param name="options">The options.</param>
    /// <param name="vocabularySize">The model's vocabulary size, to check ids; <see langword="null"/> if unknown.</param>
    /// <exception cref="SamplingOptionsException">The options are invalid; the message lists every mistake.</exception>
    public static void ThrowIfInvalid(SamplingOptions options, int? vocabularySize = null)
    {
        IReadOnlyList<string> errors = FindErrors(options, vocabularySize);
        if (errors.Count > 0)
        {
            throw new SamplingOptionsException(errors);
        }
    }

    private static bool IsDivisor(double value) => value is >= MinDivisor and <= MaxDivisor;

    private static void CheckIds(List<string> errors, string name, IReadOnlyList<int>? ids, int? vocabularySize)
    {
        foreach (int id in ids ?? [])
        {
            if (id < 0 || id >= (vocabularySize ?? int.MaxValue))
            {
                string range = vocabularySize is int size ? $"0 to {size - 1}" : "0 and above";
                errors.Add($"{name} contains {id}; the model's token ids are {range}.");
            }
        }
    }
}
