using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace MedR1.Sampling.Remote;

/// <summary>
/// Sends a server requests about its weights. Queries are retried if the server is busy or briefly unavailable, like requests for
/// completions; loading is not, since it might then happen twice.
/// </summary>
internal sealed class WeightServer
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan s_firstWait = TimeSpan.FromSeconds(0.5);

    // Unlike loading, answering a query takes a server only a moment.
    private static readonly TimeSpan s_longestAnswer = TimeSpan.FromMinutes(1);

    // Both servers close connections that were idle for five seconds. A request that uses a connection being closed is lost, and loading is
    // not retried: such connections must be closed here first.
    private static readonly SocketsHttpHandler s_connections = new() { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2) };

    // Shared by all instances, as HttpClient is meant to be; timeouts are set per request.
    private static readonly HttpClient s_client = new(s_connections) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly string? _apiKey;
    private readonly string? _loadingKey;
    private readonly TimeSpan _timeout;
    private long _asked;

    public WeightServer(Uri endpoint, string? apiKey, TimeSpan? timeout, string? loadingKey = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (!ServerRules.IsAddress(endpoint))
        {
            throw new ArgumentException(
                $"The endpoint is '{endpoint}'; use an http or https address such as http://localhost:8000/v1.", nameof(endpoint));
        }

        _timeout = timeout ?? TimeSpan.FromMinutes(10);
        if (!ServerRules.IsTimeLimit(_timeout))
        {
            throw new ArgumentException($"The timeout is {_timeout}; use a time above zero and at most 24 days.", nameof(timeout));
        }

        // The addresses for weights are beside the version of the chat protocol, not below it.
        string address = endpoint.AbsoluteUri.TrimEnd('/');
        Address = new Uri((address.EndsWith("/v1", StringComparison.Ordinal) ? address[..^"/v1".Length] : address) + "/");
        _apiKey = apiKey;
        _loadingKey = loadingKey ?? apiKey;
    }

    /// <summary>The server's address, without the protocol version.</summary>
    public Uri Address { get; }

    public Task<WeightAnswer> PostAsync(string path, JsonNode body, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post, path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), _timeout,
            cancellationToken);

    public async Task<WeightAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        TimeSpan timeout = _timeout < s_longestAnswer ? _timeout : s_longestAnswer;
        long number = Interlocked.Increment(ref _asked);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                WeightAnswer answer = await SendAsync(HttpMethod.Get, path, null, timeout, cancellationToken).ConfigureAwait(false);
                if (!ServerRules.MayPass(answer.Status) || attempt == MaxAttempts)
                {
                    return answer;
                }
            }
            catch (ServerWeightsException) when (attempt < MaxAttempts)
            {
                // The server did not answer; perhaps it will next time.
            }

            TimeSpan wait = RetrySchedule.Wait(s_firstWait, number, attempt, asked: null);
            await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<WeightAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? content, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, new Uri(Address, path)) { Content = content };
        if ((method == HttpMethod.Post ? _loadingKey : _apiKey) is string key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await s_client.SendAsync(request, time.Token).ConfigureAwait(false);
            string body = await response.Content.ReadAsStringAsync(time.Token).ConfigureAwait(false);
            return new WeightAnswer(Address, (int)response.StatusCode, body);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ServerWeightsException($"The server at {Address} did not answer /{path} within {timeout}.", e);
        }
        catch (HttpRequestException e)
        {
            throw new ServerWeightsException($"The server at {Address} could not be asked for /{path}: {Reason.Of(e)}", e);
        }
    }
}
