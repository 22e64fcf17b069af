using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Computes identical completions of a prompt as a single row of a forward pass, since the policy gives them identical results.
/// A group of eight that answers a closed question typically has only two or three distinct completions. Values and gradients
/// are the same as if every row were computed.
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

    /// <summary>The groups with each distinct completion once, in order of first appearance.</summary>
    public IReadOnlyList<PackedGroup> Groups { get; }

    /// <summary>The number of rows of all groups before deduplication.</summary>
    public int RowCount => _places.Length;

    /// <summary>The number of rows to compute.</summary>
    public int DistinctRowCount => _count;

    /// <summary>Finds identical completions within each group. Groups stay separate even if their prompts are equal.</summary>
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
    /// Returns the result of <see cref="IVisionLanguagePolicy.TokenLogProbabilities"/>, computing each distinct completion once.
    /// A policy with dropout computes all rows, because each row has its own dropout mask even if the tokens are equal.
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

    /// <summary>Copies the values of each distinct completion to all of its rows.</summary>
    /// <param name="values"><c>[distinct rows, …]</c></param>
    /// <returns>
    /// <c>[rows, …]</c>, differentiable: the gradient of a distinct row is the sum over all of its copies. If all rows are
    /// distinct, an alias of <paramref name="values"/>. The caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">The number of rows differs.</exception>
    public Tensor Expand(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.shape[0] != _count)
        {
            throw new ArgumentException(
                $"There are {_count} distinct completions, but the values have {values.shape[0]} rows; compute them "
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
