namespace MedR1.Modeling;

/// <summary>
/// How many tokens a flat batch of groups has, without padding: first all prompts, one after another, then all completions,
/// group after group.
/// </summary>
public sealed class GroupLengths
{
    /// <summary>Makes lengths.</summary>
    /// <param name="prompts">Tokens of each prompt, at least 1.</param>
    /// <param name="completions">Tokens of each completion behind each prompt; 0 where a completion feeds none.</param>
    /// <exception cref="ArgumentException">A length is not possible, or there are not as many lists as prompts.</exception>
    public GroupLengths(IReadOnlyList<int> prompts, IReadOnlyList<IReadOnlyList<int>> completions)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(completions);
        if (prompts.Count == 0 || prompts.Count != completions.Count)
        {
            throw new ArgumentException(
                $"There are {prompts.Count} prompts and completions for {completions.Count}; give at least one prompt, and a "
                + "list of completions for each.",
                nameof(completions));
        }

        if (prompts.Any(length => length < 1) || completions.Any(rows => rows.Any(length => length < 0)))
        {
            throw new ArgumentException(
                "A prompt has at least one token, a completion not fewer than none, but the lengths are "
                + $"[{string.Join(", ", prompts)}] and [{string.Join(", ", completions.SelectMany(rows => rows))}].",
                nameof(prompts));
        }

        Prompts = prompts;
        Completions = completions;
        PromptTokens = prompts.Sum();
        CompletionTokens = completions.Sum(rows => rows.Sum());
    }

    /// <summary>Tokens of each prompt.</summary>
    public IReadOnlyList<int> Prompts { get; }

    /// <summary>Tokens of each completion behind each prompt.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Completions { get; }

    /// <summary>Tokens of all prompts.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens of all completions.</summary>
    public int CompletionTokens { get; }

    /// <summary>Groups.</summary>
    public int Count => Prompts.Count;

    /// <summary>The places in the flat batch of the last token of each prompt, and then of all tokens of completions.</summary>
    internal IEnumerable<long> KeptPlaces()
    {
        long end = 0;
        return [.. Prompts.Select(length => (end += length) - 1),
            .. Enumerable.Range(PromptTokens, CompletionTokens).Select(place => (long)place)];
    }
}
