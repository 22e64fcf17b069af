using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The completions of some groups, as the trainer's forward pass takes them. Every group has as many rows as the
/// largest one, and every row feeds as many tokens as the longest but for its last, which nothing follows; what is too
/// much is never asked for.
/// </summary>
internal sealed class CompletionBatch
{
    private readonly int _groups;
    private readonly List<long> _places = [];

    private CompletionBatch(int groups, int samples, int longest, int rows)
    {
        _groups = groups;
        SamplesPerGroup = samples;
        FedLength = longest - 1;
        Longest = longest;
        Rows = rows;
        Tokens = new long[groups * samples * FedLength];
        Targets = new long[rows * longest];
        Mask = new bool[rows * longest];
        Sources = new long[rows * longest];
    }

    /// <summary>Rows of each group, those that only fill up included.</summary>
    public int SamplesPerGroup { get; }

    /// <summary>Tokens that each row feeds; 0 if all completions are one token.</summary>
    public int FedLength { get; }

    /// <summary>Tokens of the longest completion.</summary>
    public int Longest { get; }

    /// <summary>Completions.</summary>
    public int Rows { get; }

    /// <summary><c>[groups, samples, fed]</c> tokens that are fed.</summary>
    public long[] Tokens { get; }

    /// <summary><c>[rows, longest]</c> tokens whose probability is asked for.</summary>
    public long[] Targets { get; }

    /// <summary><c>[rows, longest]</c>, true at tokens.</summary>
    public bool[] Mask { get; }

    /// <summary><c>[rows, longest]</c>: which row of the logits predicts each token.</summary>
    public long[] Sources { get; }

    /// <summary>
    /// The rows of the last layer's output whose logits are needed, of the prompts' last tokens and then all fed
    /// tokens; null if all are.
    /// </summary>
    public long[]? NeededRows => _places.Count == Tokens.Length
        ? null
        : [.. Enumerable.Range(0, _groups).Select(group => (long)group), .. _places.Select(place => _groups + place)];

    /// <exception cref="InvalidPromptException">There is no group, a group has no completion, or a completion no token.</exception>
    public static CompletionBatch Create(Qwen2VLConfiguration configuration, IReadOnlyList<PackedGroup> groups)
    {
        TokenRules.RequirePrompts(groups.Count);
        foreach (PackedGroup group in groups)
        {
            TokenRules.Check(configuration, group);
        }

        var batch = new CompletionBatch(
            groups.Count,
            groups.Max(group => group.Completions.Count),
            groups.Max(group => group.Completions.Max(completion => completion.Count)),
            groups.Sum(group => group.Completions.Count));
        int row = 0;
        for (int group = 0; group < groups.Count; group++)
        {
            for (int sample = 0; sample < groups[group].Completions.Count; sample++)
            {
                batch.Add(group, sample, row++, groups[group].Completions[sample]);
            }
        }

        return batch;
    }

    // The logits' rows: first the last token of each prompt, which predicts the first token of all its completions,
    // then the fed tokens that predict another.
    private void Add(int group, int sample, int row, IReadOnlyList<int> completion)
    {
        int fed = (group * SamplesPerGroup + sample) * FedLength;
        int target = row * Longest;
        for (int index = 0; index < completion.Count; index++)
        {
            Targets[target + index] = completion[index];
            Mask[target + index] = true;
            Sources[target + index] = index == 0 ? group : _groups + _places.Count;
            if (index > 0)
                _places.Add(fed + index - 1);
            if (index < completion.Count - 1)
                Tokens[fed + index] = completion[index];
        }
    }
}
