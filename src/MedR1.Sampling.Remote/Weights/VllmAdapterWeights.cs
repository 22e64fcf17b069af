using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote;

/// <summary>
/// The LoRA adapter of a vLLM server, read from a folder in PEFT's format (<c>/v1/load_lora_adapter</c>). Each version is an adapter with
/// its own name, which requests specify, so that neither completions nor cached keys and values of two versions can be mixed; the previous
/// adapter is unloaded.
/// </summary>
/// <remarks>
/// vLLM keeps cached keys and values under an adapter's name even after the adapter was unloaded. Since the server was started, a name must
/// therefore not have been used for other weights, not even by a different run; <c>PublishingSampler</c> generates unique names.
/// </remarks>
public sealed class VllmAdapterWeights : IServerWeights
{
    private const string Absent = "(not loaded)";

    // vLLM's message if the engine has no such adapter to remove: with room for one, it dropped it for the new one.
    private const string AlreadyDropped = "Failed to remove";

    private readonly WeightServer _server;

    // Adapters other than the latest that the server has, or may have because its answer did not arrive.
    private readonly List<string> _outdated = [];

    private readonly List<string> _stillListed = [];

    /// <summary>Creates the client. No request is sent yet.</summary>
    /// <param name="endpoint">The server's address, the same as <see cref="RemoteSamplerOptions.Endpoint"/>.</param>
    /// <param name="apiKey">The API key that the server requires; <see langword="null"/> for a server without keys.</param>
    /// <param name="timeout">The maximum time for the server to load an adapter; ten minutes by default.</param>
    /// <exception cref="ArgumentException">The address or the timeout is invalid.</exception>
    public VllmAdapterWeights(Uri endpoint, string? apiKey = null, TimeSpan? timeout = null) =>
        _server = new WeightServer(endpoint, apiKey, timeout);

    /// <inheritdoc/>
    public string? Version { get; private set; }

    /// <inheritdoc/>
    public string? Model => Version;

    /// <summary>
    /// Adapters that the server still lists, in the order in which they were replaced: the engine had already dropped them for newer ones
    /// when they were unloaded, and several versions of vLLM then keep the name. They take no memory, and nothing requests them.
    /// </summary>
    public IReadOnlyList<string> StillListed => [.. _stillListed];

    /// <inheritdoc/>
    /// <exception cref="ServerWeightsException">
    /// The server did not load the adapter, or loaded it and failed to unload the previous ones, which the next call tries again.
    /// </exception>
    public async Task LoadAsync(string folder, string version, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentException.ThrowIfNullOrWhiteSpace(version);
        await LoadAdapterAsync(folder, version, cancellationToken).ConfigureAwait(false);
        if (Version is not null)
        {
            _outdated.Add(Version);
        }

        // After a restart of the server the same version may be requested again.
        Version = version;
        _outdated.RemoveAll(name => name == version);
        while (_outdated is [string before, ..])
        {
            await UnloadAsync(before, cancellationToken).ConfigureAwait(false);
            _outdated.RemoveAt(0);
        }
    }

    /// <summary>
    /// Returns <see cref="Version"/> if the server lists that adapter, and <c>(not loaded)</c> if it doesn't; before the first adapter is
    /// loaded, the name of the first model in its list.
    /// </summary>
    /// <inheritdoc/>
    public async ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken = default)
    {
        WeightAnswer answer = await _server.GetAsync("v1/models", cancellationToken).ConfigureAwait(false);
        string[] models = answer.Names("data", "id");
        if (models.Length == 0)
        {
            throw answer.Fail("did not list its models");
        }

        return Version is null ? models[0] : models.Contains(Version) ? Version : Absent;
    }

    private async Task LoadAdapterAsync(string folder, string version, CancellationToken cancellationToken)
    {
        JsonObject request = new() { ["lora_name"] = version, ["lora_path"] = folder };
        WeightAnswer answer;
        try
        {
            answer = await _server.PostAsync("v1/load_lora_adapter", request, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _outdated.Add(version);
            throw;
        }

        if (!answer.IsSuccess)
        {
            throw answer.Fail(
                $"did not load the adapter in '{folder}' as '{version}'; start it with --enable-lora, a --max-lora-rank that fits, "
                + "and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True");
        }
    }

    private async Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        WeightAnswer answer = await _server.PostAsync(
            "v1/unload_lora_adapter", new JsonObject { ["lora_name"] = name }, cancellationToken).ConfigureAwait(false);

        // A restarted server no longer has the adapter, and one whose answer did not arrive may never have had it.
        if (answer.IsSuccess || answer.Status == 404)
        {
            return;
        }

        if (answer.Status != 500 || !answer.Body.Contains(AlreadyDropped, StringComparison.OrdinalIgnoreCase))
        {
            throw answer.Fail(
                $"loaded the adapter '{Version}', but did not unload '{name}', so it may have no room for the next; see its log");
        }

        _stillListed.Add(name);
    }
}
