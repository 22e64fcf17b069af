namespace MedR1.Sampling.Remote;

/// <summary>Ensures that a call uses only one version of the weights.</summary>
internal sealed class WeightVersionGuard(RemoteSamplerOptions options)
{
    private string? _expected = options.WeightVersion;

    /// <summary>Reads and checks the server's version, if it can be read.</summary>
    /// <exception cref="WeightVersionException">The version differs from that of the call.</exception>
    public async ValueTask CheckAsync(int promptIndex, CancellationToken cancellationToken)
    {
        if (options.ReadWeightVersion is null)
        {
            return;
        }

        string actual = await ReadAsync(options.ReadWeightVersion, promptIndex, cancellationToken).ConfigureAwait(false);
        string expected = Interlocked.CompareExchange(ref _expected, actual, null) ?? actual;
        if (!string.Equals(expected, actual, StringComparison.Ordinal))
        {
            throw new WeightVersionException(expected, actual, promptIndex);
        }
    }

    private static async ValueTask<string> ReadAsync(
        Func<CancellationToken, ValueTask<string>> read, int promptIndex, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // A client's own time limit looks like a cancellation, which would stop a trainer without a message.
            throw new TimeoutException($"The version of the server's weights could not be read for prompt {promptIndex}.", e);
        }
    }
}
