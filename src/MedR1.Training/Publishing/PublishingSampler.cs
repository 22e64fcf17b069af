using System.Globalization;
using System.Runtime.CompilerServices;

namespace MedR1.Training;

/// <summary>
/// Wraps a sampler that calls a server: saves the policy's weights to a folder and has the server load them before sampling. Use it both as
/// the run's sampler and as its observer, to detect when the weights have changed.
/// </summary>
/// <remarks>
/// <para>
/// Weights are published before sampling if they have changed since the last time, both in training and in evaluations, and when a run
/// starts or resumes: several updates from one rollout are published once. Outside a run that reports its steps, every call publishes them,
/// which is correct but slow.
/// </para>
/// <para>
/// A folder that the server has loaded is deleted once the next one is loaded or, if it can't be deleted yet, by the next call that
/// publishes. The last folder stays, since the server may read it again, as do the folders of a killed run: delete them when the server no
/// longer needs them. If publishing fails or is cancelled, the next call publishes again.
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

    /// <summary>Creates the sampler.</summary>
    /// <param name="sampler">The sampler that draws from the server.</param>
    /// <param name="save">
    /// Saves the weights to a folder in the format that the server reads: <c>policy.Save</c>; for a <c>LoraPolicy</c> <c>Save</c> if the
    /// server loads adapters, <c>SaveMerged</c> if it loads whole models.
    /// </param>
    /// <param name="folder">
    /// The parent of the saved folders; the server sees it under the same path, or <paramref name="load"/> translates it.
    /// </param>
    /// <param name="load">
    /// Makes the server load a folder under a version's name, and completes once the server samples with it:
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
        // From now on, weights may change without notice.
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
            // The server keeps the weights that it loaded before.
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

    // The server may hold a file open, on Windows and on network drives; that neither ends the training nor hides a failure.
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
