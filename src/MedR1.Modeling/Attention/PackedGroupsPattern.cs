using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention for groups of a prompt and its completions in one flat batch without padding. Prompts are causal; a completion token
/// attends to its prompt and the earlier tokens of its completion, not to other completions. Kept are the last token of each
/// prompt, then all completion tokens. For attention, prompts are padded to the longest prompt, and completions to the longest
/// completion and the largest group: <c>A · P</c> and <c>A · G · C</c> tokens.
/// </summary>
public sealed class PackedGroupsPattern : IAttentionPattern
{
    private readonly int _groups;
    private readonly int _promptLength;
    private readonly int _samples;
    private readonly int _completionLength;
    private readonly int[] _parts;
    private readonly int[] _keptParts;
    private readonly PaddedRows _promptRows;
    private readonly PaddedRows? _completionRows;
    private readonly Tensor? _paddingBias;
    private readonly Tensor? _completionBias;

    /// <summary>Creates a pattern; its tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="dataType">Data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <exception cref="ArgumentException">The prompts have a common prefix that is stored once.</exception>
    public PackedGroupsPattern(GroupLengths lengths, ScalarType dataType, Device device)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        lengths.RequireWhole();
        _groups = lengths.Count;
        (_promptLength, _samples, _completionLength) = ShapeOf(lengths);
        _parts = [lengths.PromptTokens, lengths.CompletionTokens];
        _keptParts = [_groups, lengths.CompletionTokens];
        _promptRows = new PaddedRows(
            [.. lengths.Prompts.SelectMany((length, prompt) => Block((long)prompt * _promptLength, length))],
            (long)_groups * _promptLength, device);
        _paddingBias = PromptAttention.PaddingBias(lengths.Prompts, _promptLength, dataType, device);
        if (lengths.CompletionTokens > 0)
        {
            _completionRows = new PaddedRows(
                [.. lengths.Completions.SelectMany((rows, group) => rows.SelectMany((length, row) =>
                    Block(((long)group * _samples + row) * _completionLength, length)))],
                Completions, device);
            _completionBias = CompletionBias(lengths.Prompts, dataType, device);
        }

        Kept = lengths.KeptPlaces().ToArray().ToDevice(device);
    }

    /// <inheritdoc/>
    public Tensor? Kept { get; }

    private long Completions => (long)_groups * _samples * _completionLength;

    /// <summary>
    /// Returns the length of the longest prompt, the number of completions of the largest group, and the length of the longest
    /// completion.
    /// </summary>
    internal static (int Prompt, int Samples, int Completion) ShapeOf(GroupLengths lengths) => (
        lengths.Prompts.Max(), lengths.Completions.Max(rows => rows.Count),
        lengths.Completions.Max(rows => rows.DefaultIfEmpty().Max()));

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] q = queries.split([.. _parts], 0);
        (Tensor[] k, Tensor[] v) = (Padded(keys), Padded(values));
        Tensor ofPrompts = PromptAttention.All(_promptRows.Pad(q[0]), k[0], v[0], _groups, _promptLength);
        return WithCompletions(_promptRows.Unpad(ofPrompts), q[1], k, v).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] q = queries.split([.. _keptParts], 0);
        (Tensor[] k, Tensor[] v) = (Padded(keys), Padded(values));
        Tensor ofPrompts = PromptAttention.Last(q[0], k[0], v[0], _groups, _promptLength, _paddingBias);
        return WithCompletions(ofPrompts, q[1], k, v).MoveToOuterDisposeScope();
    }

    // If all completions have one token, none is fed and the batch contains only prompts.
    private Tensor WithCompletions(Tensor ofPrompts, Tensor queries, Tensor[] keys, Tensor[] values)
    {
        if (_completionRows is null)
        {
            return ofPrompts;
        }

        Tensor padded = _completionRows.Pad(queries)
            .view(_groups * _samples, _completionLength, queries.shape[1], queries.shape[2]);
        Tensor ofCompletions = _completionRows.Unpad(PrefixAttention.Attend(
            padded, Prefix(keys[0]), Prefix(values[0]), Own(keys[1]), Own(values[1]), _completionBias!)
            .view(Completions, -1));
        return cat([ofPrompts, ofCompletions], 0);
    }

    // [prompts; completions], each padded to blocks
    private Tensor[] Padded(Tensor vectors)
    {
        Tensor[] parts = vectors.split([.. _parts], 0);
        return [_promptRows.Pad(parts[0]), _completionRows?.Pad(parts[1]) ?? parts[1]];
    }

    private Tensor Prefix(Tensor vectors) =>
        vectors.view(_groups, _promptLength, vectors.shape[1], vectors.shape[2]).transpose(1, 2);

    private Tensor Own(Tensor vectors) =>
        vectors.view(_groups, _samples, _completionLength, vectors.shape[1], vectors.shape[2]).permute(0, 3, 1, 2, 4);

    private static IEnumerable<long> Block(long first, int length) =>
        Enumerable.Range(0, length).Select(place => first + place);

    // [A or 1, 1, C, P + C]: 0 for tokens of the prompt and completion tokens up to the query, else −∞.
    private unsafe Tensor CompletionBias(IReadOnlyList<int> promptLengths, ScalarType dataType, Device device)
    {
        int biased = _paddingBias is null ? 1 : _groups;
        int width = _promptLength + _completionLength;
        using Tensor host = zeros([biased, 1, _completionLength, width], ScalarType.Float32, CPU);
        float* values = (float*)TensorMemory.AddressOf(host);
        for (int group = 0; group < biased; group++)
        {
            for (int query = 0; query < _completionLength; query++)
            {
                // One span per row, because long batches have more elements than a span can hold.
                Span<float> row = new(values + ((long)group * _completionLength + query) * width, width);
                row[promptLengths[group].._promptLength].Fill(float.NegativeInfinity);
                row[(_promptLength + query + 1)..].Fill(float.NegativeInfinity);
            }
        }

        return host.to(dataType, device, copy: true);
    }
}
