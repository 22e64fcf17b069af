using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// A batch of prompts in host memory: either padded on the right, or concatenated without padding, with the common prefix only in
/// the first prompt. Padding is token 0 at position 0, to which no token attends.
/// </summary>
internal sealed class PromptBatch
{
    private readonly int[] _starts;

    private PromptBatch(int[] lengths, bool isPadded, int prefix)
    {
        Lengths = lengths;
        Prefix = prefix;
        Length = lengths.Max();
        NextPositions = new int[lengths.Length];
        _starts = new int[lengths.Length];
        int total = 0;
        for (int prompt = 0; prompt < lengths.Length; prompt++)
        {
            // The start that the prompt would have if it included the prefix.
            _starts[prompt] = total - FirstOwn(prompt);
            total += (isPadded ? Length : lengths[prompt]) - FirstOwn(prompt);
        }

        Tokens = new long[total];
        Positions = [new float[total], new float[total], new float[total]];
    }

    /// <summary>The length of the longest prompt.</summary>
    public int Length { get; }

    /// <summary>The number of prompts.</summary>
    public int Count => Lengths.Length;

    /// <summary>The number of tokens of the common prefix that is stored once, in the first prompt.</summary>
    public int Prefix { get; }

    /// <summary>The tokens, prompt by prompt.</summary>
    public long[] Tokens { get; }

    /// <summary>The positions in time, height and width.</summary>
    public float[][] Positions { get; }

    /// <summary>The number of tokens of each prompt, including the common prefix.</summary>
    public int[] Lengths { get; }

    /// <summary>The position of the first token after each prompt.</summary>
    public int[] NextPositions { get; }

    /// <summary>The indices in <see cref="Tokens"/> of placeholders, in the order of <see cref="FeatureRows"/>.</summary>
    public List<long> Placeholders { get; } = [];

    /// <summary>
    /// The index of each placeholder's feature among those of all prompts' images; features of images in the common prefix are used
    /// only once.
    /// </summary>
    public List<long> FeatureRows { get; } = [];

    /// <summary>The number of features of all prompts' images.</summary>
    public int FeatureCount { get; private set; }

    /// <param name="configuration">The configuration of the model.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="isPadded">Whether prompts are padded to the longest.</param>
    /// <param name="prefix">The number of tokens of the common prefix that is stored once; 0 in a padded batch.</param>
    /// <exception cref="InvalidPromptException">A prompt is invalid.</exception>
    public static PromptBatch Create(
        Qwen2VLConfiguration configuration, IReadOnlyList<EncodedPrompt> prompts, bool isPadded = true,
        int prefix = 0)
    {
        TokenRules.RequirePrompts(prompts.Count);
        var batch = new PromptBatch([.. prompts.Select(prompt => prompt.TokenIds.Count)], isPadded, prefix);
        for (int index = 0; index < prompts.Count; index++)
        {
            batch.Add(configuration, index, prompts[index]);
        }

        return batch;
    }

    private void Add(Qwen2VLConfiguration configuration, int index, EncodedPrompt prompt)
    {
        TokenRules.Check(configuration, prompt);
        PromptPositions positions = PromptPositions.Compute(configuration, prompt);
        int start = _starts[index];
        for (int place = FirstOwn(index); place < prompt.TokenIds.Count; place++)
        {
            Tokens[start + place] = prompt.TokenIds[place];
            Positions[0][start + place] = positions.Time[place];
            Positions[1][start + place] = positions.Height[place];
            Positions[2][start + place] = positions.Width[place];
        }

        NextPositions[index] = positions.Next;
        foreach (int place in positions.Placeholders)
        {
            if (place >= FirstOwn(index))
            {
                Placeholders.Add(start + place);
                FeatureRows.Add(FeatureCount);
            }

            FeatureCount++;
        }
    }

    private int FirstOwn(int prompt) => prompt == 0 ? 0 : Prefix;
}
