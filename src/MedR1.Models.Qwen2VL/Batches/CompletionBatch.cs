using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The completions of a batch of groups for the trainer's forward pass, concatenated without padding. The tokens of a completion
/// are fed to the decoder except the last, from which nothing is predicted.
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

    /// <summary>The number of fed tokens of each completion of each group; 0 for a completion of one token.</summary>
    public IReadOnlyList<IReadOnlyList<int>> FedLengths { get; }

    /// <summary>The length of the longest completion.</summary>
    public int Longest { get; }

    /// <summary>The number of completions.</summary>
    public int Rows { get; }

    /// <summary>The fed tokens, completion by completion.</summary>
    public IReadOnlyList<long> Tokens => _tokens;

    /// <summary>The index of each fed token in its completion.</summary>
    public IReadOnlyList<float> Places => _places;

    /// <summary><c>[rows, longest]</c>: the target tokens.</summary>
    public long[] Targets { get; }

    /// <summary><c>[rows, longest]</c>, true at tokens.</summary>
    public bool[] Mask { get; }

    /// <summary><c>[rows, longest]</c>: the row of the logits that predicts each token.</summary>
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

    // The rows of the logits: first the last token of each prompt, which predicts the first token of all its completions, then the
    // fed tokens, each of which predicts the next token.
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
