namespace MedR1.Sampling.Remote;

/// <summary>
/// The weights that a server samples with, which training replaces as it proceeds: <see cref="SglangWeights"/>,
/// <see cref="VllmAdapterWeights"/>, or a custom implementation. If set in <see cref="RemoteSamplerOptions.Weights"/>, each completion is
/// guaranteed to come from the weights loaded last.
/// </summary>
/// <remarks>
/// Don't load weights while completions are sampled. A call reads <see cref="Model"/> and <see cref="Version"/> once, when it begins; the
/// server's version is requested before and after each prompt, for several prompts at once and from any thread.
/// </remarks>
public interface IServerWeights
{
    /// <summary>
    /// The version loaded last; <see langword="null"/> before the first load, when the server has the weights that it was started with.
    /// </summary>
    string? Version { get; }

    /// <summary>
    /// The model name that requests must use for these weights; <see langword="null"/> for
    /// <see cref="RemoteSamplerOptions.Model"/>.
    /// </summary>
    string? Model { get; }

    /// <summary>Makes the server load weights, and returns once it samples with them and no longer with any earlier ones.</summary>
    /// <param name="folder">The folder of the weights, as a path on the server.</param>
    /// <param name="version">The name of the new version, which must not have been used before.</param>
    /// <param name="cancellationToken">
    /// Cancels the wait; the server may load the weights nevertheless. After a failure or cancellation, load them again under a different
    /// name.
    /// </param>
    /// <exception cref="ServerWeightsException">The server did not load the weights.</exception>
    Task LoadAsync(string folder, string version, CancellationToken cancellationToken = default);

    /// <summary>
    /// Requests the version from the server: <see cref="Version"/>, unless the server was restarted or someone else has loaded different
    /// weights. Before the first load, any text that stays the same.
    /// </summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ServerWeightsException">The server did not report its version.</exception>
    ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken = default);
}
