using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Prompts on the host: side by side and padded on the right, or one after another without padding, the first whole and the
/// others without what all begin with. Padding is token 0 at position 0, which nobody sees.
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
            // A prompt without its prefix gets the positions it would have with the prefix.
            _starts[prompt] = total - FirstOwn(prompt);
            total += (isPadded ? Length : lengths[prompt]) - FirstOwn(prompt);
        }

        Tokens = new long[total];
        Positions = [new float[total], new float[total], new float[total]];
    }

    /// <summary>Tokens of the longest prompt.</summary>
    public int Length { get; }

    /// <summary>Prompts.</summary>
    public int Count => Lengths.Length;

    /// <summary>The first tokens of each prompt that stand once, in the first.</summary>
    public int Prefix { get; }

    /// <summary>Tokens, prompt after prompt.</summary>
    public long[] Tokens { get; }

    /// <summary>Positions in time, height and width.</summary>
    public float[][] Positions { get; }

    /// <summary>Tokens of each prompt.</summary>
    public int[] Lengths { get; }

    /// <summary>Position of the token behind each prompt.</summary>
    public int[] NextPositions { get; }

    /// <summary>Places among <see cref="Tokens"/> that take features, in the order of <see cref="FeatureRows"/>.</summary>
    public List<long> Placeholders { get; } = [];

    /// <summary>Of the features of all prompts' images, in order, those that are taken: of images in the beginning once.</summary>
    public List<long> FeatureRows { get; } = [];

    /// <summary>Features of all prompts' images.</summary>
    public int FeatureCount { get; private set; }

    /// <param name="configuration">The model's sizes.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="isPadded">Whether each prompt takes the room of the longest.</param>
    /// <param name="prefix">The first tokens, the same in all prompts, that stand once; 0 in a padded batch.</param>
    /// <exception cref="InvalidPromptException">A prompt can't be taken.</exception>
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
