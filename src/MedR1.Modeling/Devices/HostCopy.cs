using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Copies a tensor to the host repeatedly. Between <see cref="Begin"/> and <see cref="Wait"/>, more work may be issued to the
/// device: the host waits only for the copy. On devices without asynchronous copies, <see cref="Begin"/> waits for all work.
/// </summary>
public sealed class HostCopy : IDisposable
{
    private readonly Tensor _source;
    private readonly Tensor _onHost;
    private readonly CudaEvent? _arrival;

    /// <summary>Allocates the memory on the host.</summary>
    /// <param name="source">The tensor to copy; the caller keeps ownership.</param>
    public HostCopy(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _arrival = CudaEvent.TryCreate(source.device);
        using Tensor room = zeros(source.shape, source.dtype, CPU);
        _onHost = (_arrival is null ? room.clone() : room.pin_memory()).DetachFromDisposeScope();
    }

    /// <summary>Starts a copy of the tensor's content after all work issued to the device so far.</summary>
    public void Begin()
    {
        _onHost.copy_(_source, _arrival is not null);
        _arrival?.Record();
    }

    /// <summary>Waits for the most recently started copy.</summary>
    /// <returns>The tensor on the host; this object owns it, and the next copy overwrites it.</returns>
    public Tensor Wait()
    {
        _arrival?.Wait();
        return _onHost;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits, because the device may still be writing to the host memory.
        _arrival?.Dispose();
        _onHost.Dispose();
    }
}
