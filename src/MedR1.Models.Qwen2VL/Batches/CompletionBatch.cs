using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The completions of some groups, as the trainer's forward pass takes them: one after another without padding. Every one feeds
/// its tokens but for the last, which nothing follows.
/// </summary>
internal sealed class CompletionBatch
{
    private readonly int _groups;
    private readonly List<long> _tokens = [];
    private readonly List<float> _places = [];

    private CompletionBatch(IReadOnlyList<PackedGroup> groups)
    {
        _groups = groups.Count;
        FedLengths = [.. groups.Select(group => group.Completions.Select(completion => completion.Count - 1).ToArray())];
        Longest = 1 + FedLengths.Max(rows => rows.Max());
        Rows = FedLengths.Sum(rows => rows.Count);
        Targets = new long[Rows * Longest];
        Mask = new bool[Rows * Longest];
        Sources = new long[Rows * Longest];
    }

    /// <summary>Tokens that each completion of each group feeds; 0 if it is one token.</summary>
    public IReadOnlyList<IReadOnlyList<int>> FedLengths { get; }

    /// <summary>Tokens of the longest completion.</summary>
    public int Longest { get; }

    /// <summary>Completions.</summary>
    public int Rows { get; }

    /// <summary>Tokens that are fed, completion after completion.</summary>
    public IReadOnlyList<long> Tokens => _tokens;

    /// <summary>For each fed token its place in its completion, from 0.</summary>
    public IReadOnlyList<float> Places => _places;

    /// <summary><c>[rows, longest]</c> tokens whose probability is asked for.</summary>
    public long[] Targets { get; }

    /// <summary><c>[rows, longest]</c>, true at tokens.</summary>
    public bool[] Mask { get; }

    /// <summary><c>[rows, longest]</c>: which row of the logits predicts each token.</summary>
    public long[] Sources { get; }

    /// <exception cref="InvalidPromptException">There is no group, a group has no completion, or a completion no token.</exception>
    public static CompletionBatch Create(Qwen2VLConfiguration configuration, IReadOnlyList<PackedGroup> groups)
    {
        TokenRules.RequirePrompts(groups.Count);
        foreach (PackedGroup group in groups)
        {
            TokenRules.Check(configuration, group);
        }

        var batch = new CompletionBatch(groups);
        int row = 0;
        for (int group = 0; group < groups.Count; group++)
        {
            foreach (IReadOnlyList<int> completion in groups[group].Completions)
            {
                batch.Add(group, row++, completion);
            }
        }

        return batch;
    }

    // The logits' rows: first the last token of each prompt, which predicts the first token of all its completions, then the fed
    // tokens, each of which predicts the next one.
    private void Add(int group, int row, IReadOnlyList<int> completion)
    {
        int target = row * Longest;
        for (int index = 0; index < completion.Count; index++)
        {
            Targets[target + index] = completion[index];
            Mask[target + index] = true;
            Sources[target + index] = index == 0 ? group : _groups + _tokens.Count - 1;
            if (index < completion.Count - 1)
            {
                _tokens.Add(completion[index]);
                _places.Add(index);
            }
        }
    }
}
