using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Groups of a flat batch, padded to blocks of equal size for attention, with an attention mask. Prompts are causal; a completion
/// token attends to its prompt and the earlier tokens of its completion.
/// </summary>
internal sealed class MaskedGroups
{
    private readonly int _groups;
    private readonly int _length;
    private readonly int _keptLength;
    private readonly PaddedRows _rows;
    private readonly PaddedRows _keptRows;
    private readonly Tensor _bias;
    private readonly Tensor _keptBias;

    /// <summary>Creates the blocks; their tensors belong to the current dispose scope.</summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="dataType">The data type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    public MaskedGroups(GroupLengths lengths, ScalarType dataType, Device device)
    {
        lengths.RequireWhole();
        _groups = lengths.Count;
        _length = GroupSequencePattern.LengthOf(lengths);
        _keptLength = 1 + lengths.Completions.Max(rows => rows.Sum());
        _rows = new PaddedRows(Places(lengths, lengths.Prompts, _length), (long)_groups * _length, device);
        _keptRows = new PaddedRows(
            Places(lengths, [.. lengths.Prompts.Select(_ => 1)], _keptLength), (long)_groups * _keptLength, device);
        using Tensor bias = empty([_groups, 1, _length, _length], ScalarType.Float32, CPU);
        using Tensor keptBias = empty([_groups, 1, _keptLength, _length], ScalarType.Float32, CPU);
        Fill(bias, keptBias, lengths);
        _bias = bias.to(dataType, device, copy: true);
        _keptBias = keptBias.to(dataType, device, copy: true);
    }

    /// <summary>Computes attention of all queries: <c>[N, heads, d]</c> to <c>[N, heads · d]</c>.</summary>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values) =>
        Attend(queries, keys, values, _rows, _length, _bias);

    /// <summary>Computes attention of the kept queries.</summary>
    public Tensor AttendKept(Tensor queries, Tensor keys, Tensor values) =>
        Attend(queries, keys, values, _keptRows, _keptLength, _keptBias);

    private Tensor Attend(
        Tensor queries, Tensor keys, Tensor values, PaddedRows queryRows, int queryLength, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q = Blocks(queryRows.Pad(queries), queryLength);
        (Tensor k, Tensor v) = (Blocks(_rows.Pad(keys), _length), Blocks(_rows.Pad(values), _length));
        Tensor attended = ProductAttention.IsFaster(q, k)
            ? ProductAttention.Attend(q, k, v, bias)
            : FusedOperators.ScaledDotProductAttention(
                q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), bias,
                enableGqa: queries.shape[1] != keys.shape[1]).transpose(1, 2);
        return queryRows.Unpad(attended.reshape((long)_groups * queryLength, -1)).MoveToOuterDisposeScope();
    }

    // [A · length, heads, d] to [A, length, heads, d]
    private Tensor Blocks(Tensor vectors, int length) => vectors.view(_groups, length, vectors.shape[1], vectors.shape[2]);

    // In a block, the completions of a group follow its prompt, or the one kept token of the prompt.
    private static long[] Places(GroupLengths lengths, IReadOnlyList<int> ofPrompts, int length)
    {
        IEnumerable<long> Block(int group, int from, int count) =>
            Enumerable.Range(from, count).Select(place => (long)group * length + place);
        int[] groups = [.. Enumerable.Range(0, lengths.Count)];
        return
        [
            .. groups.SelectMany(group => Block(group, 0, ofPrompts[group])),
            .. groups.SelectMany(group => Block(group, ofPrompts[group], lengths.Completions[group].Sum())),
        ];
    }

    // [A, 1, queries, length]: 0 if a query attends to a key, else −∞. Padding attends to the first token, because a softmax over
    // no keys would be NaN. Written in place, because managed arrays of this size would be allocated anew for each pass.
    private unsafe void Fill(Tensor bias, Tensor keptBias, GroupLengths lengths)
    {
        Span<float> all = new((void*)TensorMemory.AddressOf(bias), (int)bias.numel());
        Span<float> kept = new((void*)TensorMemory.AddressOf(keptBias), (int)keptBias.numel());
        all.Fill(float.NegativeInfinity);
        kept.Fill(float.NegativeInfinity);
        for (int group = 0; group < _groups; group++)
        {
            FillGroup(
                all.Slice(group * _length * _length, _length * _length),
                kept.Slice(group * _keptLength * _length, _keptLength * _length),
                lengths.Prompts[group], lengths.Completions[group]);
        }
    }

    private void FillGroup(Span<float> all, Span<float> kept, int prompt, IReadOnlyList<int> completions)
    {
        for (int query = 0; query < _length; query++)
        {
            all.Slice(query * _length, query < prompt ? query + 1 : 1).Clear();
        }

        for (int query = 0; query < _keptLength; query++)
        {
            kept.Slice(query * _length, query == 0 ? prompt : 1).Clear();
        }

        int first = prompt;
        foreach (int length in completions)
        {
            for (int place = first; place < first + length; place++)
            {
                Span<float> row = all.Slice(place * _length, _length);
                row[..prompt].Clear();
                row[first..(place + 1)].Clear();
                row.CopyTo(kept.Slice((place - prompt + 1) * _length, _length));
            }

            first += length;
        }
    }
}
