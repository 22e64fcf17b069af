using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The groups of a trainer's forward pass (<see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>) without padding: the prompts, then
/// their completions. The tokens of a completion are fed to the decoder except the last, from which nothing is predicted.
/// </summary>
public sealed class GroupBatch : TokenBatch
{
    private readonly IReadOnlyList<IReadOnlyList<int>> _fedLengths;

    /// <summary>Creates a batch.</summary>
    /// <param name="layout">The layout of the family.</param>
    /// <param name="groups">The prompts with their completions, at least one of each.</param>
    /// <param name="sharesPrefix">
    /// Whether the common prefix of the prompts may be computed once; not with dropout in an adapter (<see cref="AdapterHost.HasDropout"/>),
    /// because each prompt has its own.
    /// </param>
    /// <exception cref="InvalidPromptException">
    /// A prompt or completion is empty or too long or has a token that doesn't exist, a prompt has no completion, or its images don't match
    /// its placeholders.
    /// </exception>
    public GroupBatch(PromptLayout layout, IReadOnlyList<PackedGroup> groups, bool sharesPrefix)
        : this(layout, Checked(layout, groups), [.. groups.Select(group => group.Prompt)], FedOf(groups), sharesPrefix)
    {
    }

    private GroupBatch(
        PromptLayout layout, IReadOnlyList<PackedGroup> groups, EncodedPrompt[] prompts, int[][] fed, bool sharesPrefix)
        : base(layout, prompts, prefix: sharesPrefix ? CommonPrefix.Of(layout, prompts, fed.Sum(rows => rows.Sum())) : 0,
            more: fed.Sum(rows => rows.Sum()))
    {
        _fedLengths = fed;
        Targets = new TokenTargets(fed.Sum(rows => rows.Length), 1 + fed.Max(rows => rows.Max()));
        int row = 0, next = 0;
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (IReadOnlyList<int> completion in groups[group].Completions)
            {
                next = Add(group, row++, completion, next);
            }
        }
    }

    /// <summary>
    /// Which tokens are predicted, <c>[completions, longest completion]</c>, and from which rows of the decoder's output: first the last token
    /// of each prompt, from which the first tokens of all its completions are predicted, then all fed tokens.
    /// </summary>
    public TokenTargets Targets { get; }

    /// <summary>
    /// Creates the attention pattern of the pass, whose last layer returns the rows that <see cref="Targets"/> count. Tensors of the pattern
    /// belong to the current dispose scope.
    /// </summary>
    /// <param name="dataType">The data type of the decoder.</param>
    /// <param name="device">The device of the decoder.</param>
    public IAttentionPattern CreatePattern(ScalarType dataType, Device device) =>
        GroupPattern.Create(new GroupLengths(Lengths, _fedLengths, Prefix), dataType, device);

    private int Add(int group, int row, IReadOnlyList<int> completion, int fed)
    {
        for (int index = 0; index < completion.Count; index++)
        {
            Targets.Set(row, index, completion[index], index == 0 ? group : Lengths.Count + fed - 1);
            if (index < completion.Count - 1)
                Set(PromptTokens + fed++, completion[index], NextPositions[group] + index);
        }

        return fed;
    }

    private static IReadOnlyList<PackedGroup> Checked(PromptLayout layout, IReadOnlyList<PackedGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(groups);
        TokenRules.RequirePrompts(groups.Count);
        foreach (PackedGroup group in groups)
        {
            TokenRules.Check(layout, group);
        }

        return groups;
    }

    private static int[][] FedOf(IReadOnlyList<PackedGroup> groups) =>
        [.. groups.Select(group => group.Completions.Select(completion => completion.Count - 1).ToArray())];
}
