using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Runs the steps of <see cref="IVisionLanguagePolicy.Decode"/> with what the cache and its device call for.</summary>
public static class DecodeStep
{
    /// <summary>
    /// Runs one token per row through a network without gradient: by <see cref="DecodePattern"/> where there is a kernel, otherwise by
    /// <see cref="SlotKeyValueCache.Programs"/>.
    /// </summary>
    /// <param name="tokens"><c>[rows]</c> int64 tokens, on the device of the cache.</param>
    /// <param name="rows">The rows, at least one.</param>
    /// <param name="cache">The cache that holds the prompts, a <see cref="SlotKeyValueCache"/>.</param>
    /// <param name="adapters">The adapters of the network.</param>
    /// <param name="pass">The network; the same in every call with a cache. Its result is in the dispose scope of the caller.</param>
    /// <returns><c>[rows, vocabulary]</c> float32; a new tensor.</returns>
    /// <exception cref="ArgumentException">
    /// There is not one token for each row, a row is not one of the cache, or the cache is of another kind.
    /// </exception>
    /// <exception cref="InvalidOperationException">A prompt slot is empty, or a row is full.</exception>
    public static Tensor Run(
        Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache, AdapterHost adapters, DecoderPass pass)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(adapters);
        ArgumentNullException.ThrowIfNull(pass);
        SlotKeyValueCache own = cache.RequireOwnKind();
        if (rows.Count == 0 || tokens.dim() != 1 || tokens.shape[0] != rows.Count)
        {
            throw new ArgumentException(
                $"Expected tokens of shape [{rows.Count}], one per row and at least one, but got " +
                $"[{string.Join(", ", tokens.shape)}].",
                nameof(tokens));
        }

        using IDisposable noGradient = no_grad();
        if (own.Programs is { } programs)
            return programs.Run(rows, tokens, adapters, pass);
        DecodePattern pattern = new(own, rows);
        using DisposeScope scope = NewDisposeScope();
        long[] numbers = [.. rows.Select(row => (long)own.NextPositions[row.PromptSlot] + row.Length)];
        Tensor positions = tensor(numbers, device: own.Device);
        return pass(tokens, positions, pattern).MoveToOuterDisposeScope();
    }
}
