using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The tokens of a pass through a decoder, in host memory, with their positions and the places of images' features: prompts padded on the
/// right, or concatenated without padding, possibly with their common prefix only in the first. Padding is token 0 at position 0, to which
/// no token attends.
/// </summary>
public abstract class TokenBatch
{
    private readonly int[] _starts;
    private readonly long[] _tokens;
    private readonly float[][] _positions;
    private readonly int[] _nextPositions;
    private readonly List<long> _placeholders = [];

    // The index of each placeholder's feature among those of all prompts' images; those in the common prefix are used only once.
    private readonly List<long> _featureRows = [];

    /// <param name="layout">The layout of the family.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="isPadded">Whether prompts are padded to the longest.</param>
    /// <param name="prefix">The number of tokens of the common prefix that is stored once; 0 in a padded batch.</param>
    /// <param name="more">The number of tokens that a derived class sets after the prompts.</param>
    /// <exception cref="InvalidPromptException">A prompt is invalid.</exception>
    private protected TokenBatch(
        PromptLayout layout, IReadOnlyList<EncodedPrompt> prompts, bool isPadded = false, int prefix = 0, int more = 0)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(prompts);
        TokenRules.RequirePrompts(prompts.Count);
        int[] lengths = [.. prompts.Select(prompt => prompt.TokenIds.Count)];
        Lengths = lengths;
        Prefix = prefix;
        Longest = lengths.Max();
        _nextPositions = new int[lengths.Length];
        _starts = new int[lengths.Length];
        int total = 0;
        for (int prompt = 0; prompt < lengths.Length; prompt++)
        {
            // The start that the prompt would have if it included the prefix.
            _starts[prompt] = total - FirstOwn(prompt);
            total += (isPadded ? Longest : lengths[prompt]) - FirstOwn(prompt);
        }

        PromptTokens = total;
        _tokens = new long[total + more];
        _positions = [.. Enumerable.Range(0, layout.Axes).Select(_ => new float[total + more])];
        for (int prompt = 0; prompt < lengths.Length; prompt++)
        {
            Add(layout, prompt, prompts[prompt]);
        }
    }

    /// <summary>The number of tokens of each prompt, including the common prefix.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The number of tokens of the longest prompt.</summary>
    public int Longest { get; }

    /// <summary>The position of the first token after each prompt, on all axes.</summary>
    public IReadOnlyList<int> NextPositions => _nextPositions;

    /// <summary>The number of tokens of the common prefix that is stored once, in the first prompt.</summary>
    public int Prefix { get; }

    /// <summary>The number of features of all prompts' images.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>The number of tokens of all prompts in the batch, including padding.</summary>
    private protected int PromptTokens { get; }

    /// <summary>Returns the tokens, prompt by prompt.</summary>
    /// <param name="device">The device of the result.</param>
    /// <returns><c>[N]</c> int64; a new tensor.</returns>
    public Tensor Tokens(Device device) => _tokens.ToDevice(device);

    /// <summary>Returns the positions of the tokens, from which a family computes its rotary angles.</summary>
    /// <param name="device">The device of the result.</param>
    /// <returns><c>[axes, N]</c> float32; a new tensor.</returns>
    public Tensor Positions(Device device)
    {
        float[] all = [.. _positions.SelectMany(axis => axis)];
        return all.ToDevice(device, _positions.Length, _tokens.Length);
    }

    /// <summary>Returns the indices of the tokens that stand for a feature of an image.</summary>
    /// <param name="device">The device of the result.</param>
    /// <returns><c>[placeholders]</c> int64, in ascending order; a new tensor.</returns>
    public Tensor Placeholders(Device device) => _placeholders.ToArray().ToDevice(device);

    /// <summary>
    /// Returns the features of the placeholders: those of images in a common prefix are used only once. With them,
    /// <c>embedded.index_copy(0, batch.Placeholders(device), …)</c> replaces the embeddings of placeholders.
    /// </summary>
    /// <param name="imageFeatures">The features of all prompts' images, as <see cref="IVisionLanguagePolicy.EncodeImages"/> returns them.</param>
    /// <param name="width">The width of the family's features.</param>
    /// <returns>
    /// <c>[placeholders, width]</c>: a new tensor, or <paramref name="imageFeatures"/> if none are left out.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The shape is not [<see cref="FeatureCount"/>, <paramref name="width"/>].
    /// </exception>
    public Tensor FeaturesOf(Tensor imageFeatures, long width)
    {
        ArgumentNullException.ThrowIfNull(imageFeatures);
        if (!imageFeatures.shape.SequenceEqual([FeatureCount, width]))
        {
            throw new ArgumentException(
                $"The features have shape [{string.Join(", ", imageFeatures.shape)}], but the prompts' images need "
                + $"[{FeatureCount}, {width}]; pass the result of EncodeImages for these prompts.",
                nameof(imageFeatures));
        }

        if (_featureRows.Count == FeatureCount)
            return imageFeatures;
        using Tensor rows = _featureRows.ToArray().ToDevice(imageFeatures.device);
        return imageFeatures.index_select(0, rows);
    }

    /// <summary>Sets a token that follows the prompts, with the same position on all axes.</summary>
    private protected void Set(int place, int token, int position)
    {
        _tokens[place] = token;
        foreach (float[] axis in _positions)
        {
            axis[place] = position;
        }
    }

    private void Add(PromptLayout layout, int index, EncodedPrompt prompt)
    {
        TokenRules.Check(layout, prompt);
        PromptPositions positions = PromptPositions.Compute(layout, prompt);
        int start = _starts[index];
        for (int place = FirstOwn(index); place < prompt.TokenIds.Count; place++)
        {
            _tokens[start + place] = prompt.TokenIds[place];
            for (int axis = 0; axis < _positions.Length; axis++)
            {
                _positions[axis][start + place] = positions.Axes[axis][place];
            }
        }

        _nextPositions[index] = positions.Next;
        foreach (int place in positions.Placeholders)
        {
            if (place >= FirstOwn(index))
            {
                _placeholders.Add(start + place);
                _featureRows.Add(FeatureCount);
            }

            FeatureCount++;
        }
    }

    private int FirstOwn(int prompt) => prompt == 0 ? 0 : Prefix;
}
