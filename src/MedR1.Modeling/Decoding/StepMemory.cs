using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// An arena for the temporary data of a step. Each step takes pieces from the start of the arena, so that no memory is
/// allocated after the first step.
/// </summary>
internal sealed unsafe class StepMemory : IDisposable
{
    private const long SmallestBlock = 1 << 20;
    private const nuint Alignment = 64;

    private readonly List<(nint Address, long Bytes)> _blocks = [];
    private int _block;
    private long _used;

    /// <summary>Returns a piece, aligned to a cache line; it is valid until the next step begins.</summary>
    public void* Take(long bytes)
    {
        long rounded = (bytes + (long)Alignment - 1) / (long)Alignment * (long)Alignment;
        for (; _block < _blocks.Count; _block++, _used = 0)
        {
            if (_used + rounded <= _blocks[_block].Bytes)
            {
                _used += rounded;
                return (void*)(_blocks[_block].Address + (nint)(_used - rounded));
            }
        }

        long size = Math.Max(SmallestBlock, rounded);
        _blocks.Add(((nint)NativeMemory.AlignedAlloc((nuint)size, Alignment), size));
        _used = rounded;
        return (void*)_blocks[_block].Address;
    }

    /// <summary>Copies values to a new piece.</summary>
    public T* Copy<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        T* copy = (T*)Take((long)values.Length * sizeof(T));
        values.CopyTo(new Span<T>(copy, values.Length));
        return copy;
    }

    /// <summary>Begins a step, which frees all pieces.</summary>
    public void Begin() => (_block, _used) = (0, 0);

    public void Dispose()
    {
        foreach ((nint address, _) in _blocks)
        {
            NativeMemory.AlignedFree((void*)address);
        }

        _blocks.Clear();
        Begin();
    }
}
