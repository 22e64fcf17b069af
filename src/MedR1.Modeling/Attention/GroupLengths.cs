namespace MedR1.Modeling;

/// <summary>
/// The token counts of a flat batch of groups without padding: first all prompts, then all completions, group by group. A prefix
/// common to all prompts may be stored once: the first prompt is then complete, and the others contain only their remaining
/// tokens.
/// </summary>
public sealed class GroupLengths
{
    /// <summary>Creates lengths.</summary>
    /// <param name="prompts">The number of tokens of each prompt, at least 1.</param>
    /// <param name="completions">
    /// The number of tokens of each completion of each prompt that are fed to the decoder; can be 0.
    /// </param>
    /// <param name="prefix">
    /// The number of tokens of the common prefix that is stored once; less than the length of any prompt.
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
                $"There are {prompts.Count} prompts, but {completions.Count} lists of completions; give at least one prompt, "
                + "and one list per prompt.",
                nameof(completions));
        }

        if (prompts.Any(length => length < 1) || completions.Any(rows => rows.Any(length => length < 0)))
        {
            throw new ArgumentException(
                "The length of a prompt must be at least 1 and of a completion at least 0, but the lengths are "
                + $"[{string.Join(", ", prompts)}] and [{string.Join(", ", completions.SelectMany(rows => rows))}].",
                nameof(prompts));
        }

        if (prompts.Any(length => length <= prefix))
        {
            throw new ArgumentException(
                $"Prompts of [{string.Join(", ", prompts)}] tokens can't share the first {prefix}: each needs at least one more.",
                nameof(prefix));
        }

        Prompts = prompts;
        Prefix = prefix;
        Completions = completions;
        PromptTokens = prompts.Sum();
        CompletionTokens = completions.Sum(rows => rows.Sum());
    }

    /// <summary>The number of tokens of each prompt, including the common prefix.</summary>
    public IReadOnlyList<int> Prompts { get; }

    /// <summary>The number of tokens of each completion of each prompt.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Completions { get; }

    /// <summary>The number of tokens of the common prefix that is stored once; 0 if all prompts are stored in full.</summary>
    public int Prefix { get; }

    /// <summary>The number of tokens of all prompts, counting the prefix for each.</summary>
    public int PromptTokens { get; }

    /// <summary>The number of tokens of all prompts in the flat batch, counting the prefix once.</summary>
    public int FlatPromptTokens => PromptTokens - ((Count - 1) * Prefix);

    /// <summary>The number of tokens of all completions.</summary>
    public int CompletionTokens { get; }

    /// <summary>The number of groups.</summary>
    public int Count => Prompts.Count;

    /// <summary>Creates lengths of prompts without completions.</summary>
    /// <param name="prompts">The number of tokens of each prompt, at least 1.</param>
    /// <param name="prefix">The number of tokens of the common prefix that is stored once.</param>
    internal static GroupLengths OfPrompts(IReadOnlyList<int> prompts, int prefix) =>
        new(prompts, [.. prompts.Select(_ => Array.Empty<int>())], prefix);

    /// <summary>Returns the same lengths with every prompt stored in full.</summary>
    internal GroupLengths Whole() => Prefix == 0 ? this : new GroupLengths(Prompts, Completions);

    /// <exception cref="ArgumentException">The prompts have a common prefix that is stored once.</exception>
    internal void RequireWhole()
    {
        if (Prefix > 0)
        {
            throw new ArgumentException(
                $"The first {Prefix} tokens of the prompts are stored once, but for prompts of [{string.Join(", ", Prompts)}] tokens of this "
                + "type on this device, this pattern needs them in full. GroupPattern.Create chooses a suitable pattern; for the "
                + "sampler's prompts, see PromptSequencePattern.TakesPrefix.");
        }
    }

    /// <summary>Returns the flat rows of the last token of each prompt, followed by those of all completion tokens.</summary>
    internal IEnumerable<long> KeptPlaces()
    {
        long end = Prefix;
        return [.. Prompts.Select(length => (end += length - Prefix) - 1),
            .. Enumerable.Range(FlatPromptTokens, CompletionTokens).Select(place => (long)place)];
    }
}
