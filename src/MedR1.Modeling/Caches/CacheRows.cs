using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Copies rows of a cache, with two operations per tensor for all rows.</summary>
internal static class CacheRows
{
    /// <param name="parts">The tensors, <c>[row slots, heads, completion, d]</c> each.</param>
    /// <param name="copies">The rows to copy.</param>
    /// <param name="length">The number of tokens to copy.</param>
    /// <exception cref="ArgumentException">A slot does not exist, is both read and written, or is written twice.</exception>
    public static void Copy(IEnumerable<Tensor> parts, IReadOnlyList<RowCopy> copies, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? from = null;
        Tensor? to = null;
        foreach (Tensor part in parts)
        {
            if (from is null || to is null)
            {
                Check(copies, part.shape[0]);
                from = tensor([.. copies.Select(copy => (long)copy.From)], device: part.device);
                to = tensor([.. copies.Select(copy => (long)copy.To)], device: part.device);
            }

            using DisposeScope inner = NewDisposeScope();
            Tensor held = part.narrow(2, 0, length);
            held.index_copy_(0, to, held.index_select(0, from));
        }
    }

    private static void Check(IReadOnlyList<RowCopy> copies, long slots)
    {
        HashSet<int> read = [.. copies.Select(copy => copy.From)];
        HashSet<int> written = [];
        foreach (RowCopy copy in copies)
        {
            if (copy.From < 0 || copy.From >= slots || copy.To < 0 || copy.To >= slots || read.Contains(copy.To)
                || !written.Add(copy.To))
            {
                throw new ArgumentException(
                    $"{copy} is impossible in a cache of {slots} rows: give slots from 0 to {slots - 1}, write each "
                    + "at most once, and read none that is written.",
                    nameof(copies));
            }
        }
    }
}
