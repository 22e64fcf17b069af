using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts, each with completions behind it, in one flat batch: first the prompts, <c>A · P</c> tokens padded on the
/// right, then the completions, <c>A · G · C</c> tokens padded on the right. A prompt is causal in itself; a
/// completion's token sees its prompt and its own earlier tokens, and no other completion. Kept are the last token of
/// each prompt, then all of the completions.
/// </summary>
public sealed class PackedGroupsPattern : IAttentionPattern
{
    private readonly int _groups;
    private readonly int _promptLength;
    private readonly int _samples;
    private readonly int _completionLength;
    private readonly Tensor? _paddingBias;
    private readonly Tensor _completionBias;

    /// <summary>Makes a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="promptLengths">Tokens of each prompt.</param>
    /// <param name="samplesPerGroup">Completions behind each prompt, G.</param>
    /// <param name="completionLength">Tokens of each completion, padding included, C.</param>
    /// <param name="dataType">Type of the scores.</param>
    /// <param name="device">Where they are.</param>
    public PackedGroupsPattern(
        IReadOnlyList<int> promptLengths, int samplesPerGroup, int completionLength, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(promptLengths);
        _groups = promptLengths.Count;
        _promptLength = promptLengths.Max();
        _samples = samplesPerGroup;
        _completionLength = completionLength;
        _paddingBias = PromptAttention.PaddingBias(promptLengths, _promptLength, dataType, device);
        _completionBias = CompletionBias(promptLengths, dataType, device);
        long first = (long)_groups * _promptLength;
        long[] kept =
        [
            .. PromptPattern.LastTokens(promptLengths, _promptLength),
            .. Enumerable.Range(0, Completions).Select(place => first + place),
        ];
        using Tensor host = tensor(kept);
        Kept = host.to(device, copy: true);
    }

    /// <inheritdoc/>
    public Tensor? Kept { get; }

    private int Completions => _groups * _samples * _completionLength;

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] q = Parts(queries);
        Tensor[] k = Parts(keys);
        Tensor[] v = Parts(values);
        Tensor ofPrompts = PromptAttention.All(q[0], k[0], v[0], _groups, _promptLength);
        return cat([ofPrompts, OfCompletions(q[1], k, v)], 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] q = Parts(queries);
        Tensor[] k = Parts(keys);
        Tensor[] v = Parts(values);
        Tensor ofPrompts = PromptAttention.Last(q[0], k[0], v[0], _groups, _promptLength, _paddingBias);
        return cat([ofPrompts, OfCompletions(q[1], k, v)], 0).MoveToOuterDisposeScope();
    }

    private Tensor OfCompletions(Tensor queries, Tensor[] keys, Tensor[] values) => PrefixAttention.Attend(
            queries.view(_groups * _samples, _completionLength, queries.shape[1], queries.shape[2]),
            Prefix(keys[0]), Prefix(values[0]), Own(keys[1]), Own(values[1]), _completionBias)
        .view(Completions, -1);

    // [prompts; completions]
    private Tensor[] Parts(Tensor vectors) => vectors.split([vectors.shape[0] - Completions, Completions], 0);

    private Tensor Prefix(Tensor vectors) =>
        vectors.view(_groups, _promptLength, vectors.shape[1], vectors.shape[2]).transpose(1, 2);

    private Tensor Own(Tensor vectors) =>
        vectors.view(_groups, _samples, _completionLength, vectors.shape[1], vectors.shape[2]).permute(0, 3, 1, 2, 4);

    // [A or 1, 1, C, P + C]: 0 for prompt tokens that exist and own tokens up to the query's, else −∞.
    private Tensor CompletionBias(IReadOnlyList<int> promptLengths, ScalarType dataType, Device device)
    {
        int biased = _paddingBias is null ? 1 : _groups;
        int width = _promptLength + _completionLength;
        float[] values = new float[biased * _completionLength * width];
        for (int group = 0; group < biased; group++)
        {
            for (int query = 0; query < _completionLength; query++)
            {
                Span<float> row = values.AsSpan((group * _completionLength + query) * width, width);
                row[promptLengths[group].._promptLength].Fill(float.NegativeInfinity);
                row[(_promptLength + query + 1)..].Fill(float.NegativeInfinity);
            }
        }

        using Tensor host = tensor(values, [biased, 1, _completionLength, width]);
        return host.to(dataType, device, copy: true);
    }
}
