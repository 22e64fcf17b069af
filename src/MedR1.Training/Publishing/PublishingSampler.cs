using System.Globalization;
using System.Runtime.CompilerServices;

namespace MedR1.Training;

/// <summary>
/// Saves a policy's weights to a folder and has a server load them before it draws with them: a sampler in front of one
/// that asks a server. It is the run's sampler and its observer too, so that it knows when weights have moved.
/// </summary>
/// <remarks>
/// <para>
/// Weights are published when something is to be drawn and they have moved since, in evaluations as in training, and when
/// a run starts or goes on: several updates of one rollout are published once. Without a run that tells of its steps, and
/// when it is over, they are published in every call, which is right and slow.
/// </para>
/// <para>
/// A folder that the server has loaded is deleted when the next one is loaded; one that can't be deleted yet, by the next
/// call that publishes. The last one stays, since the server may read it again, as does what a run leaves that is killed:
/// delete them when the server needs them no longer. What fails or is cancelled on the way is published again by the next
/// call.
/// </para>
/// </remarks>
public sealed class PublishingSampler : ISampler, ITrainingObserver
{
    private readonly ISampler _sampler;
    private readonly Action<string, CancellationToken> _save;
    private readonly string _folder;
    private readonly Func<string, string, CancellationToken, Task> _load;
    private readonly string _name = $"run-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]}";
    private readonly List<string> _outdated = [];
    private int _count;
    private bool _isTold;
    private bool _hasMoved = true;
    private string? _published;

    /// <summary>Makes a sampler.</summary>
    /// <param name="sampler">What draws from the server.</param>
    /// <param name="save">
    /// Saves the weights to a folder as the server reads them: <c>policy.Save</c>; of a <c>LoraPolicy</c> <c>Save</c> for a
    /// server that loads adapters, <c>SaveMerged</c> for one that loads whole models.
    /// </param>
    /// <param name="folder">Where the folders go; the server sees it under the same path, or <paramref name="load"/> tells its own.</param>
    /// <param name="load">
    /// Has the server load a folder under a version's name, and ends when it draws with it: <c>IServerWeights.LoadAsync</c> of
    /// MedR1.Sampling.Remote.
    /// </param>
    public PublishingSampler(
        ISampler sampler, Action<string, CancellationToken> save, string folder,
        Func<string, string, CancellationToken, Task> load)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(save);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(load);
        _sampler = sampler;
        _save = save;
        _folder = Path.GetFullPath(folder);
        _load = load;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionGroup> SampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default) =>
        PublishAndSampleAsync(prompts, options, cancellationToken);

    /// <inheritdoc/>
    public void OnStart(TrainingStart start)
    {
        _isTold = true;
        _hasMoved = true;
    }

    /// <inheritdoc/>
    public void OnGradients(long step) => _hasMoved = true;

    /// <inheritdoc/>
    public void OnStop()
    {
        // What moves weights from now on need not tell.
        _isTold = false;
    }

    private async IAsyncEnumerable<CompletionGroup> PublishAndSampleAsync(
        IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_hasMoved || !_isTold)
        {
            await PublishAsync(cancellationToken);
        }

        await foreach (CompletionGroup group in _sampler.SampleAsync(prompts, options, cancellationToken))
        {
            yield return group;
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        string version = string.Create(CultureInfo.InvariantCulture, $"{_name}-{++_count}");
        string folder = Path.Combine(_folder, version);
        try
        {
            _save(folder, cancellationToken);
            await _load(folder, version, cancellationToken);
        }
        catch
        {
            // What the server had loaded before stays.
            _outdated.Add(folder);
            DeleteOutdated();
            throw;
        }

        if (_published is not null)
        {
            _outdated.Add(_published);
        }

        _published = folder;
        _hasMoved = false;
        DeleteOutdated();
    }

    private void DeleteOutdated() => _outdated.RemoveAll(IsDeleted);

    // The server may hold a file of it open, on Windows and on network drives; that ends no training and hides no failure.
    private static bool IsDeleted(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
