using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Checks what a decoder gives to a cache. Without them, vectors of a different shape but equal size would be stored in the wrong places, and
/// kernels would read beyond the end of smaller ones.
/// </summary>
internal static class CacheRules
{
    /// <summary>Returns a cache that a policy was given as one of slots.</summary>
    /// <exception cref="ArgumentException">The cache is of another kind.</exception>
    public static SlotKeyValueCache RequireOwnKind(this IKeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return cache as SlotKeyValueCache ?? throw new ArgumentException(
            $"The cache is a {cache.GetType().Name}, but this policy needs its own kind; create it with CreateCache.",
            nameof(cache));
    }

    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    public static void RequireAlive(this SlotKeyValueCache cache) => ObjectDisposedException.ThrowIf(cache.IsDisposed, cache);

    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cache has no such layer.</exception>
    public static void RequireLayer(this SlotKeyValueCache cache, int layer)
    {
        cache.RequireAlive();
        if (layer < 0 || layer >= cache.Layers)
        {
            throw new ArgumentOutOfRangeException(
                nameof(layer), layer, $"The cache was created for {cache.Layers} layers, 0 to {cache.Layers - 1}.");
        }
    }

    /// <summary>Checks the slots of prompts.</summary>
    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    /// <exception cref="ArgumentException">A slot does not exist or occurs twice.</exception>
    public static void RequireSlots(this SlotKeyValueCache cache, IReadOnlyList<int> slots)
    {
        cache.RequireAlive();
        if (slots.Distinct().Count() != slots.Count || slots.Any(slot => slot < 0 || slot >= cache.PromptSlots))
        {
            throw new ArgumentException(
                $"The slots are {string.Join(", ", slots)}; give each prompt a different one from 0 to {cache.PromptSlots - 1}.",
                nameof(slots));
        }
    }

    /// <summary>Checks the numbers of tokens of prompts.</summary>
    /// <exception cref="InvalidPromptException">A prompt is empty, or longer than those that the cache was created for.</exception>
    public static void RequireLengths(this SlotKeyValueCache cache, IReadOnlyList<int> lengths)
    {
        foreach (int length in lengths)
        {
            if (length < 1 || length > cache.PromptCapacity)
            {
                throw new InvalidPromptException(
                    $"A prompt has {length} tokens, but the cache was created for prompts of 1 to {cache.PromptCapacity}; "
                    + "create it with a larger prompt capacity, or leave out an empty prompt.");
            }
        }
    }

    /// <summary>Checks keys or values, <c>[tokens, key-value heads, d]</c>.</summary>
    /// <exception cref="ArgumentException">The shape differs.</exception>
    public static void RequireVectors(this SlotKeyValueCache cache, Tensor vectors, long tokens, string name)
    {
        long[] shape = vectors.shape;
        if (!shape.AsSpan().SequenceEqual([tokens, cache.KeyValueHeads, cache.HeadSize]))
        {
            throw new ArgumentException(
                $"Expected the shape [{tokens}, {cache.KeyValueHeads}, {cache.HeadSize}] (tokens, key-value heads and head size of the "
                + $"cache), but got [{string.Join(", ", shape)}].",
                name);
        }
    }

    /// <summary>Checks queries, <c>[tokens, heads, d]</c>.</summary>
    /// <exception cref="ArgumentException">
    /// The shape differs, or the number of heads is not a multiple of the number of key-value heads.
    /// </exception>
    public static void RequireQueries(this SlotKeyValueCache cache, Tensor queries, long tokens)
    {
        long[] shape = queries.shape;
        if (shape.Length != 3 || shape[0] != tokens || shape[1] < 1 || shape[1] % cache.KeyValueHeads != 0
            || shape[2] != cache.HeadSize)
        {
            throw new ArgumentException(
                $"Expected the shape [{tokens}, heads, {cache.HeadSize}] with heads a multiple of the cache's {cache.KeyValueHeads} "
                + $"key-value heads, but got [{string.Join(", ", shape)}].",
                nameof(queries));
        }
    }

    /// <summary>Checks that vectors which a kernel reads by address have the data type of the cache.</summary>
    /// <exception cref="ArgumentException">The data type differs.</exception>
    public static void RequireType(this SlotKeyValueCache cache, Tensor vectors, string name)
    {
        if (vectors.dtype != cache.DataType)
        {
            throw new ArgumentException($"Expected {cache.DataType} as in the cache, but got {vectors.dtype}.", name);
        }
    }
}
