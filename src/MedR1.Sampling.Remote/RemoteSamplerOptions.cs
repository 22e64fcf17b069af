namespace MedR1.Sampling.Remote;

/// <summary>Which server a <see cref="RemoteSampler"/> uses, its timeouts and retries, and what it requires of the answers.</summary>
public sealed record RemoteSamplerOptions
{
    /// <summary>The server's address up to the API version, for example <c>http://localhost:8000/v1</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The model's name on the server.</summary>
    public required string Model { get; init; }

    /// <summary>The API key that the server requires; <see langword="null"/> for a server without keys.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? ApiKey { get; init; }

    /// <summary>
    /// The maximum number of requests in flight in one call, including retries and the waits before them; a prompt's images are not
    /// read until its turn comes.
    /// </summary>
    /// <value>The default is 16.</value>
    public int MaxParallelRequests { get; init; } = 16;

    /// <summary>
    /// The maximum number of attempts per request. Timeouts, dropped connections, answers that aren't JSON, and the statuses 408,
    /// 429 and 500 and above are retried, also if an answer of status 200 has such a code in its <c>error</c>.
    /// </summary>
    /// <value>The default is 4.</value>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>
    /// The delay before the second attempt; it doubles with each further one, up to a minute. Each delay is randomly shortened, to
    /// no less than half, based on the prompt's seed. A <c>Retry-After</c> from the server takes precedence.
    /// </summary>
    /// <value>The default is half a second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Waits between attempts; tests can replace it.</summary>
    /// <value>The default is <see cref="Task.Delay(TimeSpan, CancellationToken)"/>.</value>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>The maximum time for one attempt, including the whole answer.</summary>
    /// <value>The default is five minutes.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The maximum size of an answer, so that a broken server can't fill the memory; a larger answer ends the call. A token with its
    /// log-probability takes 100 to 200 bytes.
    /// </summary>
    /// <value>The default is 256 MiB.</value>
    public int MaxResponseBytes { get; init; } = 1 << 28;

    /// <summary>
    /// Whether each completion gets its own request and seed, instead of one request per prompt. Needed if the server draws identical
    /// completions within one request, as SGLang does with <c>--enable-deterministic-inference</c>: all advantages would be 0. At a
    /// temperature of 0, each completion has its own request in any case, since vLLM refuses more than one.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SeparateRequests { get; init; }

    /// <summary>
    /// The version of the weights that every completion must be sampled with; <see langword="null"/> for the version that
    /// <see cref="ReadWeightVersion"/> returns first in a call.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? WeightVersion { get; init; }

    /// <summary>
    /// Asks the server for the version of its weights, before and after each request, possibly for several requests at once. If
    /// <see langword="null"/>, there is no check.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<CancellationToken, ValueTask<string>>? ReadWeightVersion { get; init; }

    /// <summary>
    /// The weights that training replaces on the server: each call requires the weights loaded last, and checks before and after each
    /// request that the server has them. Replaces <see cref="WeightVersion"/> and <see cref="ReadWeightVersion"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the server's weights are not checked.</value>
    public IServerWeights? Weights { get; init; }

    /// <summary>
    /// Whether each completion must have its token ids and log-probabilities, as a trainer needs. If not, log-probabilities are not
    /// requested, and token ids are only provided if the server sends them.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool RequireLogProbabilities { get; init; } = true;

    /// <summary>The distribution whose log-probabilities the server sends: a setting of the server, not of the request.</summary>
    /// <value>The default is <see cref="ServerLogProbabilities.Raw"/>, vLLM's default.</value>
    public ServerLogProbabilities LogProbabilities { get; init; } = ServerLogProbabilities.Raw;

    /// <summary>
    /// Whether the prompt tokens in an answer, and their number in its <c>usage</c>, include the image tokens, as with vLLM and SGLang.
    /// They become <see cref="CompletionGroup.PromptTokenIds"/> and <see cref="CompletionGroup.PromptTokenCount"/>, which a trainer
    /// compares with its own prompt; if not, these are empty and 0, and nothing is compared.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool CountsImageTokens { get; init; } = true;

    /// <summary>
    /// Encodes a completion's text, including control tokens, for servers that don't send token ids. It must be safe to call from
    /// several threads. A sampled text does not always encode to the tokens that were sampled; if their numbers differ, the sampler
    /// rejects it.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }

    /// <summary>
    /// Control tokens as the server writes them, removed from the end of a completion's text. Only used with <see cref="Tokenize"/>, which
    /// needs them in the text; otherwise the request tells the server to omit all control tokens.
    /// </summary>
    /// <value>The default is the end tokens of Qwen2-VL.</value>
    public IReadOnlyList<string> ControlTokenTexts { get; init; } = ["<|im_end|>", "<|endoftext|>"];

    /// <summary>Receives progress after each answer and each retry, from any thread, one report at a time.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IProgress<RemoteSamplingProgress>? Progress { get; init; }
}
