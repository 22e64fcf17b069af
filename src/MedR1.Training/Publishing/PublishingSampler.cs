using System.Globalization;
using System.Runtime.CompilerServices;

namespace MedR1.Training;

/// <summary>
/// Saves a policy's weights to a folder and has a server load them before it samples with them: a sampler that wraps one that calls
/// a server. Use it both as the run's sampler and as its observer, so that it knows when weights have moved.
/// </summary>
/// <remarks>
/// <para>
/// Weights are published when something is to be sampled and they have moved since the last time, in evaluations as in training,
/// and when a run starts or resumes: several updates of one rollout are published once. Without a run that reports its steps, and
/// once it is over, they are published in every call, which is correct but slow.
/// </para>
/// <para>
/// A folder that the server has loaded is deleted when the next one has been loaded; if it can't be deleted yet, by the next call
/// that publishes. The last one stays, since the server may read it again, as do the folders of a run that is killed: delete them
/// when the server no longer needs them. If publishing fails or is cancelled, the next call publishes again.
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
    /// <param name="sampler">The sampler that draws from the server.</param>
    /// <param name="save">
    /// Saves the weights to a folder in the form that the server reads: <c>policy.Save</c>; for a <c>LoraPolicy</c> <c>Save</c> if
    /// the server loads adapters, <c>SaveMerged</c> if it loads whole models.
    /// </param>
    /// <param name="folder">
    /// Where the folders go; the server sees it under the same path, or <paramref name="load"/> translates it.
    /// </param>
    /// <param name="load">
    /// Has the server load a folder under a version's name, and completes once the server samples with it:
    /// <c>IServerWeights.LoadAsync</c> of MedR1.Sampling.Remote.
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
        // From now on, weights may move without notice.
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
            // What the server loaded before stays in place.
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

    // The server may hold one of its files open, on Windows and on network drives; that neither ends the training nor hides a
    // failure.
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
