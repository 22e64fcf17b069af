namespace MedR1.Sampling.Remote;

/// <summary>
/// The weights that a server samples with, which a training replaces as it goes: <see cref="SglangWeights"/>,
/// <see cref="VllmAdapterWeights"/>, or a server's of your own. In <see cref="RemoteSamplerOptions.Weights"/> they see
/// to it that each completion comes from those that were loaded last.
/// </summary>
/// <remarks>
/// Nothing is loaded while completions are drawn. A call reads <see cref="Model"/> and <see cref="Version"/> once, when it
/// begins; the server's version is asked for before and after each prompt, for several prompts at once and from any thread.
/// </remarks>
public interface IServerWeights
{
    /// <summary>
    /// The version that was loaded last; <see langword="null"/> before the first, when the server has what it was
    /// started with.
    /// </summary>
    string? Version { get; }

    /// <summary>
    /// The model's name that requests must give for these weights; <see langword="null"/> for
    /// <see cref="RemoteSamplerOptions.Model"/>.
    /// </summary>
    string? Model { get; }

    /// <summary>Has the server load weights, and returns when it samples with them and no longer with any before.</summary>
    /// <param name="folder">Where they are, as the server sees it.</param>
    /// <param name="version">What they are called from now on; a name that was not used before.</param>
    /// <param name="cancellationToken">
    /// Stops the waiting; the server may load them nevertheless. What failed or was stopped is loaded again under another name.
    /// </param>
    /// <exception cref="ServerWeightsException">The server did not load them.</exception>
    Task LoadAsync(string folder, string version, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks the server which version it has: <see cref="Version"/>, unless it was started anew or someone else has loaded other
    /// weights. Before the first load any text that stays the same.
    /// </summary>
    /// <param name="cancellationToken">Stops the asking.</param>
    /// <exception cref="ServerWeightsException">The server did not say.</exception>
    ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken = default);
}
