namespace MedR1.Modeling;

/// <summary>
/// The number of tokens in a flat batch of groups without padding: first all prompts, one after another, then all completions,
/// group by group. A prefix common to all prompts may be stored once: the first prompt is then whole, and the others have only
/// their remaining tokens.
/// </summary>
public sealed class GroupLengths
{
    /// <summary>Creates lengths.</summary>
    /// <param name="prompts">Tokens of each prompt, at least 1.</param>
    /// <param name="completions">Tokens of each completion of each prompt; 0 for a completion that feeds none.</param>
    /// <param name="prefix">
    /// How many first tokens all prompts have in common and are stored once; fewer than any prompt has.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A length is invalid, or the number of lists differs from the number of prompts.
    /// </exception>
    public GroupLengths(IReadOnlyList<int> prompts, IReadOnlyList<IReadOnlyList<int>> completions, int prefix = 0)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(completions);
        ArgumentOutOfRangeException.ThrowIfNegative(prefix);
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

        if (prompts.Any(length => length <= prefix))
        {
            throw new ArgumentException(
                $"Prompts of [{string.Join(", ", prompts)}] tokens can't have {prefix} in common: each needs a token of its own.",
                nameof(prefix));
        }

        Prompts = prompts;
        Prefix = prefix;
        Completions = completions;
        PromptTokens = prompts.Sum();
        CompletionTokens = completions.Sum(rows => rows.Sum());
    }

    /// <summary>Tokens of each prompt, including the common prefix.</summary>
    public IReadOnlyList<int> Prompts { get; }

    /// <summary>Tokens of each completion of each prompt.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Completions { get; }

    /// <summary>How many first tokens of all prompts are stored once.</summary>
    public int Prefix { get; }

    /// <summary>Tokens of all prompts, each counted whole.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens of all prompts in the flat batch.</summary>
    public int FlatPromptTokens => PromptTokens - ((Count - 1) * Prefix);

    /// <summary>Tokens of all completions.</summary>
    public int CompletionTokens { get; }

    /// <summary>Number of groups.</summary>
    public int Count => Prompts.Count;

    /// <summary>Prompts alone.</summary>
    /// <param name="prompts">Tokens of each, at least 1.</param>
    /// <param name="prefix">How many of the first tokens of all are the same and stand once.</param>
    internal static GroupLengths OfPrompts(IReadOnlyList<int> prompts, int prefix) =>
        new(prompts, [.. prompts.Select(_ => Array.Empty<int>())], prefix);

    /// <summary>The same with every prompt whole.</summary>
    internal GroupLengths Whole() => Prefix == 0 ? this : new GroupLengths(Prompts, Completions);

    /// <exception cref="ArgumentException">Prompts have a beginning that stands once.</exception>
    internal void RequireWhole()
    {
        if (Prefix > 0)
        {
            throw new ArgumentException(
                $"The prompts' first {Prefix} tokens stand once, but of [{string.Join(", ", Prompts)}] tokens, of this type and on this "
                + "device, this pattern takes whole prompts. GroupPattern.Create finds one that does, for the sampler's prompts "
                + "PromptSequencePattern.TakesPrefix tells.");
        }
    }

    /// <summary>The places in the flat batch of the last token of each prompt, and then of all tokens of completions.</summary>
    internal IEnumerable<long> KeptPlaces()
    {
        long end = Prefix;
        return [.. Prompts.Select(length => (end += length - Prefix) - 1),
            .. Enumerable.Range(FlatPromptTokens, CompletionTokens).Select(place => (long)place)];
    }
}
