using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Computes completions of a prompt that have the same tokens as a single row of a pass, because the policy gives them the same
/// results. A group that answers a closed question mostly has only two or three different completions, so that eight rows become
/// two or three; figures and gradients are those of all rows.
/// </summary>
public sealed class DistinctCompletions
{
    private readonly long[] _places;
    private readonly int _count;

    private DistinctCompletions(IReadOnlyList<PackedGroup> groups, long[] places, int count)
    {
        Groups = groups;
        _places = places;
        _count = count;
    }

    /// <summary>The groups with each completion once, in the order of its first appearance.</summary>
    public IReadOnlyList<PackedGroup> Groups { get; }

    /// <summary>Rows of all groups before deduplication.</summary>
    public int RowCount => _places.Length;

    /// <summary>Rows that have to be computed.</summary>
    public int DistinctRowCount => _count;

    /// <summary>Finds the completions that are the same. Groups are kept separate even if their prompts are the same.</summary>
    /// <param name="groups">Prompts with completions.</param>
    public static DistinctCompletions Of(IReadOnlyList<PackedGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        List<PackedGroup> distinct = [];
        List<long> places = [];
        int first = 0;
        foreach (PackedGroup group in groups)
        {
            List<IReadOnlyList<int>> once = [];
            foreach (IReadOnlyList<int> completion in group.Completions)
            {
                int place = once.FindIndex(other => other.SequenceEqual(completion));
                if (place < 0)
                {
                    place = once.Count;
                    once.Add(completion);
                }

                places.Add(first + place);
            }

            distinct.Add(once.Count == group.Completions.Count ? group : group with { Completions = once });
            first += once.Count;
        }

        return new DistinctCompletions(distinct, [.. places], first);
    }

    /// <summary>
    /// The same as <see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>, with each distinct completion computed once. A
    /// policy with dropout computes all rows: each has different dropout, even if the tokens are the same.
    /// </summary>
    /// <param name="policy">The policy.</param>
    /// <param name="groups">Prompts with completions.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    /// <param name="imageFeatures">
    /// The result of <see cref="IVisionLanguagePolicy.EncodeImages"/> for the groups' prompts, if the caller has it.
    /// </param>
    public static TokenStatistics TokenLogProbabilities(
        IVisionLanguagePolicy policy, IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options,
        Tensor? imageFeatures = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        DistinctCompletions distinct = Of(groups);
        if (policy.DropoutSeed is not null || distinct.DistinctRowCount == distinct.RowCount)
        {
            return policy.TokenLogProbabilities(groups, options, imageFeatures);
        }

        TokenStatistics once = policy.TokenLogProbabilities(distinct.Groups, options, imageFeatures);
        TokenStatistics all = new(
            distinct.Expand(once.LogProbabilities), distinct.Expand(once.Mask),
            once.Entropies is null ? null : distinct.Expand(once.Entropies))
        {
            BackwardState = once.BackwardState,
        };
        (once with { BackwardState = null }).Dispose();
        return all;
    }

    /// <summary>Gives every row the values of its distinct row.</summary>
    /// <param name="values"><c>[distinct rows, …]</c></param>
    /// <returns>
    /// <c>[rows, …]</c>, with the gradient of <paramref name="values"/>: that of a distinct row is the sum over all rows equal to
    /// it. An alias of <paramref name="values"/> if all rows differ. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">The number of rows differs.</exception>
    public Tensor Expand(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.shape[0] != _count)
        {
            throw new ArgumentException(
                $"There are {_count} distinct completions, but the figures have {values.shape[0]} rows; compute them "
                + $"for {nameof(Groups)}.",
                nameof(values));
        }

        if (_count == _places.Length)
        {
            return values.alias();
        }

        using Tensor places = tensor(_places, device: values.device);
        return values.index_select(0, places);
    }
}
