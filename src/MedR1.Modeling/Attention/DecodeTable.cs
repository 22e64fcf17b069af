using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The rows of a step as a table for tensors: A prompts by G rows, the most of a prompt, with the places of prompts that
/// have fewer filled by a row that is computed and thrown away.
/// </summary>
internal sealed class DecodeTable : IDisposable
{
    private readonly SlotKeyValueCache _cache;
    private readonly int _groups;
    private readonly int _samples;
    private readonly int _promptLength;
    private readonly int _ownLength;
    private readonly Tensor _promptSlots;
    private readonly Tensor _rowSlots;
    private readonly Tensor _lengths;
    private readonly Tensor? _tableSlots;
    private readonly Tensor? _tableRows;
    private readonly Tensor? _places;
    private readonly Tensor? _bias;

    public DecodeTable(IReadOnlyList<DecodeRow> rows, SlotKeyValueCache cache)
    {
        _cache = cache;
        DecodePlan plan = new(rows, cache, int.MaxValue);
        _groups = plan.Runs.Length;
        _samples = plan.Runs.Max(run => run.Count);
        _promptLength = plan.Runs.Max(run => run.PromptLength);
        _ownLength = plan.Runs.Max(run => run.LongestOwn);
        _promptSlots = Place([.. plan.Runs.Select(run => (long)run.PromptSlot)]);
        _rowSlots = Place([.. rows.Select(row => (long)row.RowSlot)]);
        _lengths = Place([.. rows.Select(row => (long)row.Length)]);

        // A place without a row of its own repeats the first row of its prompt.
        int[] table =
        [
            .. plan.Runs.SelectMany(run => Enumerable.Range(0, _samples)
                .Select(place => run.First + (place < run.Count ? place : 0))),
        ];
        bool isWhole = table.Length == rows.Count;
        _tableSlots = isWhole ? null : Place([.. table.Select(row => (long)rows[row].RowSlot)]);
        _tableRows = isWhole ? null : Place([.. table.Select(row => (long)row)]);
        _places = isWhole ? null : Place(
            [.. plan.Runs.SelectMany((run, group) => Enumerable.Range(0, run.Count)
                .Select(place => (long)group * _samples + place))]);
        bool isFull = plan.Runs.All(run => run.PromptLength == _promptLength)
            && table.All(row => rows[row].Length + 1 == _ownLength);
        _bias = isFull ? null : Bias(plan, table);
    }

    /// <summary>Writes the tokens' keys and values behind the rows' and attends.</summary>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values, int layer)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor promptKeys, Tensor promptValues) = _cache.Prompts(layer);
        (Tensor rowKeys, Tensor rowValues) = _cache.Rows(layer);
        TensorIndex[] places = [TensorIndex.Tensor(_rowSlots), TensorIndex.Colon, TensorIndex.Tensor(_lengths)];
        rowKeys.index_put_(keys, places);
        rowValues.index_put_(values, places);
        Tensor table = _tableRows is null ? queries : queries.index_select(0, _tableRows);
        Tensor attended = PrefixAttention.Attend(
            table.unsqueeze(1), Prompts(promptKeys), Prompts(promptValues), Own(rowKeys), Own(rowValues), _bias)
            .squeeze(1);
        return (_places is null ? attended : attended.index_select(0, _places)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (Tensor? part in (Tensor?[])[_promptSlots, _rowSlots, _lengths, _tableSlots, _tableRows, _places, _bias])
        {
            part?.Dispose();
        }
    }

    private Tensor Prompts(Tensor all) => all.narrow(2, 0, _promptLength).index_select(0, _promptSlots);

    // [A, heads, G, own, d]
    private Tensor Own(Tensor all)
    {
        Tensor rows = all.narrow(2, 0, _ownLength).index_select(0, _tableSlots ?? _rowSlots);
        return rows.view(_groups, _samples, rows.shape[1], rows.shape[2], rows.shape[3]).transpose(1, 2);
    }

    // [A, G, 1, prompt + own]: −∞ at the padding of shorter prompts and behind the rows' own tokens.
    private Tensor Bias(DecodePlan plan, int[] table)
    {
        int width = _promptLength + _ownLength;
        float[] values = new float[table.Length * width];
        for (int place = 0; place < table.Length; place++)
        {
            Span<float> own = values.AsSpan(place * width, width);
            own[plan.Runs[place / _samples].PromptLength.._promptLength].Fill(float.NegativeInfinity);
            own[(_promptLength + plan.Rows[table[place]].Length + 1)..].Fill(float.NegativeInfinity);
        }

        using Tensor host = tensor(values, [_groups, _samples, 1, width]);
        return host.to(_cache.DataType, _cache.Device, copy: true).DetachFromDisposeScope();
    }

    private Tensor Place(long[] values)
    {
        using Tensor host = tensor(values);
        return host.to(_cache.Device, copy: true).DetachFromDisposeScope();
    }
}
