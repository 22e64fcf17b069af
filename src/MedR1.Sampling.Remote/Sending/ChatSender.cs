using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Text.Json;

using OpenAI;
using OpenAI.Chat;

namespace MedR1.Sampling.Remote;

/// <summary>Sends requests to a server, and retries them if that may help.</summary>
internal sealed class ChatSender
{
    private readonly RemoteSamplerOptions _options;
    private readonly ChatClient _client;

    // In messages: without a path, a query or a user, which may hold a secret.
    private readonly string _server;

    public ChatSender(RemoteSamplerOptions options)
    {
        _options = options;
        _server = options.Endpoint.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        OpenAIClientOptions client = new()
        {
            Endpoint = options.Endpoint,
            // Attempts and their time are counted here, so the client's own retries must not interfere.
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        _client = new ChatClient(options.Model, new ApiKeyCredential(options.ApiKey ?? "EMPTY"), client);
    }

    /// <summary>Returns the first answer that is JSON and not an error.</summary>
    /// <exception cref="RemoteSamplingException">No attempt returned one.</exception>
    public async Task<ServerAnswer> SendAsync(
        PromptJob job, ReadOnlyMemory<byte> body, Action onRetry, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            AttemptResult result = await TryOnceAsync(body, cancellationToken).ConfigureAwait(false);
            if (result.Json is JsonDocument json)
            {
                return new ServerAnswer(job, json, attempt, result.Status ?? 0, result.Body ?? "");
            }

            if (!result.IsTransient || attempt == _options.MaxAttempts)
            {
                throw job.Fail(result.Problem, attempt, result.Status, result.Body, result.Cause);
            }

            onRetry();
            TimeSpan wait = RetrySchedule.Wait(_options.RetryDelay, job.Seed + job.Sample, attempt, result.RetryAfter);
            await _options.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<AttemptResult> TryOnceAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.RequestTimeout);
        long started = Stopwatch.GetTimestamp();
        int? status = null;
        try
        {
            using BinaryContent content = BinaryContent.Create(BinaryData.FromBytes(body));
            RequestOptions request = new()
            {
                CancellationToken = limit.Token,
                ErrorOptions = ClientErrorBehaviors.NoThrow,
                // Otherwise the client would read an endless answer into memory.
                BufferResponse = false,
            };
            ClientResult result = await _client.CompleteChatAsync(content, request).ConfigureAwait(false);
            using PipelineResponse response = result.GetRawResponse();
            status = response.Status;
            return await AnswerReader.ReadAsync(response, _options.MaxResponseBytes, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is OperationCanceledException or ClientResultException or HttpRequestException or IOException)
        {
            // A connection cut by the caller's cancellation may end in any of these.
            cancellationToken.ThrowIfCancellationRequested();
            string problem = limit.IsCancellationRequested
                ? $"no answer came from {_server} within {_options.RequestTimeout}, the RequestTimeout."
                : $"the connection to {_server} failed ({Reason.Of(e)}).";
            return new AttemptResult { Problem = problem, IsTransient = true, Cause = e };
        }
        finally
        {
            RemoteSamplingMetrics.RecordRequest(status, Stopwatch.GetElapsedTime(started));
        }
    }
}
