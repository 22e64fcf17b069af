using Microsoft.Extensions.AI;

using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using AiRole = Microsoft.Extensions.AI.ChatRole;

namespace MedR1.Rewards.Judge;

/// <summary>
/// A language model as a judge, scoring 0 to 1: the judge sees the question, the reference answer and the completion, and gives a
/// score with a reason. If the judge can't be reached or its answer can't be read, the reward abstains with a reason; it never
/// scores 0 because the judge failed.
/// </summary>
/// <remarks>
/// A judge can be wrong and can be manipulated: the completion is quoted as data and the verdict must contain a code, which makes
/// manipulation harder, not impossible. Inspect what the judge rewards. The caller owns and disposes the client.
/// </remarks>
public sealed class JudgeReward : IReward, IDisposable
{
    private readonly IChatClient _client;
    private readonly JudgeOptions _options;
    private readonly SemaphoreSlim _places;

    /// <summary>Creates the reward.</summary>
    /// <param name="client">The chat client of the judge.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="JudgeOptionsException">The options are invalid; the exception lists every mistake.</exception>
    public JudgeReward(IChatClient client, JudgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options ?? new JudgeOptions();
        IReadOnlyList<string> problems = _options.Validate();
        if (problems.Count > 0)
        {
            throw new JudgeOptionsException(problems);
        }

        _places = new SemaphoreSlim(_options.MaxParallelRequests);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default) =>
        (await JudgeAsync(context, cancellationToken).ConfigureAwait(false)).Score;

    /// <summary>Asks the judge.</summary>
    /// <param name="context">The prompt, its example and the completion.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>The verdict, or the abstention with its reason.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<JudgeVerdict> JudgeAsync(
        RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        JudgePrompt prompt = JudgePrompt.For(context, _options);
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JudgeVerdict verdict = await AskAsync(prompt, cancellationToken).ConfigureAwait(false);
            _options.OnVerdict?.Invoke(context, verdict);
            return verdict;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<JudgeVerdict> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            JudgeVerdict verdict = await TryOnceAsync(prompt, attempt, cancellationToken).ConfigureAwait(false);
            if (verdict.Score is not null || attempt == _options.MaxAttempts)
            {
                return verdict;
            }

            await Task.Delay(_options.RetryDelay * Math.Pow(2, Math.Min(attempt - 1, 10)), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<JudgeVerdict> TryOnceAsync(JudgePrompt prompt, int attempt, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            // Clones the options, because clients may modify them.
            ChatResponse response = await _client.GetResponseAsync(
                [new AiMessage(AiRole.User, prompt.Text)], _options.Chat.Clone(), limit.Token).ConfigureAwait(false);
            return VerdictReader.Read(response.Text, prompt.Code, _options, attempt);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return limit.IsCancellationRequested
                ? new JudgeVerdict(null, $"No answer within {_options.Timeout}.", JudgeAbstention.Timeout, attempt)
                : new JudgeVerdict(
                    null, $"The client failed: {ForeignExceptions.MessageOf(exception)}", JudgeAbstention.ClientFailure, attempt);
        }
    }
}
