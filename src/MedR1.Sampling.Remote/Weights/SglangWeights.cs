using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote;

/// <summary>
/// The weights of an SGLang server, as whole checkpoints read from a folder (<c>/update_weights_from_disk</c>). The server clears its
/// caches of the previous weights, except, in several versions, the cache of image features.
/// </summary>
/// <remarks>
/// If training changes the vision tower, start SGLang with the variable <c>SGLANG_VLM_CACHE_SIZE_MB=0</c>: its cache of image
/// features otherwise keeps those of earlier weights. Nothing in the server's answers shows this.
/// </remarks>
public sealed class SglangWeights : IServerWeights
{
    private readonly WeightServer _server;

    /// <summary>Creates the client. No request is sent yet.</summary>
    /// <param name="endpoint">The server's address, the same as <see cref="RemoteSamplerOptions.Endpoint"/>.</param>
    /// <param name="apiKey">The API key that the server requires; <see langword="null"/> for a server without keys.</param>
    /// <param name="timeout">The maximum time for the server to load weights; ten minutes by default.</param>
    /// <param name="adminApiKey">
    /// The key of the server's <c>--admin-api-key</c>, which loading then requires; <see langword="null"/> if it has none.
    /// </param>
    /// <exception cref="ArgumentException">The address or the timeout is invalid.</exception>
    public SglangWeights(Uri endpoint, string? apiKey = null, TimeSpan? timeout = null, string? adminApiKey = null) =>
        _server = new WeightServer(endpoint, apiKey, timeout, adminApiKey);

    /// <inheritdoc/>
    public string? Version { get; private set; }

    /// <inheritdoc/>
    public string? Model => null;

    /// <inheritdoc/>
    public async Task LoadAsync(string folder, string version, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        JsonObject request = new() { ["model_path"] = folder, ["weight_version"] = version, ["flush_cache"] = true };
        WeightAnswer answer = await _server
            .PostAsync("update_weights_from_disk", request, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess || !answer.Says("success", JsonValueKind.True))
        {
            throw answer.Fail($"did not load the weights in '{folder}' as version '{version}'");
        }

        Version = version;
        string actual = await ReadVersionAsync(cancellationToken).ConfigureAwait(false);
        if (actual != version)
        {
            throw new ServerWeightsException(
                $"The server at {_server.Address} loaded '{folder}', but reports the weight version '{actual}' instead of "
                + $"'{version}'; use an SGLang that keeps weight_version (0.5 or newer), and let nothing else load weights.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken = default)
    {
        // Newer servers report the version with the model, older ones at a separate address.
        WeightAnswer answer = await _server.GetAsync("model_info", cancellationToken).ConfigureAwait(false);
        if (answer.Text("weight_version") is null)
        {
            answer = await _server.GetAsync("get_weight_version", cancellationToken).ConfigureAwait(false);
        }

        return answer.Text("weight_version")
            ?? throw answer.Fail("did not report the version of its weights");
    }
}
