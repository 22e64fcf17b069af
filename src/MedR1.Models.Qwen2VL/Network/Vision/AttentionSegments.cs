using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Segments of a sequence in which tokens attend only to their own segment. Segments of equal length form one batch; if they
/// are not adjacent, they are gathered first, and the result is restored to the original order.
/// </summary>
internal sealed class AttentionSegments : IDisposable
{
    private readonly List<Batch> _batches = [];
    private readonly Tensor? _order;
    private readonly Tensor? _inverse;

    /// <summary>Creates segments, in the gradient mode of the passes that they are for.</summary>
    /// <param name="lengths">The lengths of the segments, in the order of the sequence.</param>
    /// <param name="dataType">The data type of the vectors.</param>
    /// <param name="device">The device of the sequence.</param>
    public AttentionSegments(IReadOnlyList<int> lengths, ScalarType dataType, Device device)
    {
        var starts = new long[lengths.Count];
        for (int index = 1; index < starts.Length; index++)
        {
            starts[index] = starts[index - 1] + lengths[index - 1];
        }

        int[] sorted = [.. Enumerable.Range(0, lengths.Count).OrderBy(index => FirstOf(lengths[index]))];
        foreach (IGrouping<int, int> group in sorted.GroupBy(index => lengths[index]))
        {
            int count = group.Count();
            _batches.Add(new Batch(group.Key, count, ShortSequences.TryWhole(count, group.Key, dataType, device)));
        }

        if (sorted.Select((place, index) => place == index).All(same => same))
            return;
        long[] order = [.. sorted.SelectMany(index =>
            Enumerable.Range(0, lengths[index]).Select(offset => starts[index] + offset))];
        long[] inverse = new long[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            inverse[order[place]] = place;
        }

        _order = order.ToDevice(device).DetachFromDisposeScope();
        _inverse = inverse.ToDevice(device).DetachFromDisposeScope();

        int FirstOf(int length)
        {
            for (int index = 0; ; index++)
            {
                if (lengths[index] == length)
                    return index;
            }
        }
    }

    /// <param name="queries"><c>[S, heads, d]</c></param>
    /// <param name="keys"><c>[S, heads, d]</c></param>
    /// <param name="values"><c>[S, heads, d]</c></param>
    /// <returns><c>[S, heads · d]</c></returns>
    public Tensor Attend(Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        if (_order is not null)
        {
            queries = queries.index_select(0, _order);
            keys = keys.index_select(0, _order);
            values = values.index_select(0, _order);
        }

        var parts = new List<Tensor>(_batches.Count);
        long start = 0;
        foreach (Batch batch in _batches)
        {
            long rows = (long)batch.Length * batch.Count;
            parts.Add(SegmentAttention.Apply(
                Part(queries, start, batch), Part(keys, start, batch), Part(values, start, batch), batch.Short).view(rows, -1));
            start += rows;
        }

        Tensor all = parts.Count == 1 ? parts[0] : cat(parts, 0);
        return (_inverse is null ? all : all.index_select(0, _inverse)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _order?.Dispose();
        _inverse?.Dispose();
    }

    // [S, heads, d] to [segments, length, heads, d]
    private static Tensor Part(Tensor vectors, long start, Batch batch) =>
        vectors.narrow(0, start, (long)batch.Length * batch.Count)
            .view(batch.Count, batch.Length, vectors.shape[1], vectors.shape[2]);

    private readonly record struct Batch(int Length, int Count, ShortSequences? Short);
}
