namespace MedR1.Sampling.Remote;

/// <summary>Where a <see cref="RemoteSampler"/> asks, how patiently, and what it demands of the answers.</summary>
public sealed record RemoteSamplerOptions
{
    /// <summary>The server's address up to its version, for example <c>http://localhost:8000/v1</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The model's name as the server knows it.</summary>
    public required string Model { get; init; }

    /// <summary>The key that the server asks for; <see langword="null"/> for a server without keys.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? ApiKey { get; init; }

    /// <summary>
    /// The most requests in flight in one call, repetitions and their waits included: a prompt's pictures are read when
    /// it gets its turn, not before.
    /// </summary>
    /// <value>The default is 16.</value>
    public int MaxParallelRequests { get; init; } = 16;

    /// <summary>
    /// How often a prompt is asked at most. Repeated are timeouts, cut connections, answers that aren't JSON, and the
    /// statuses 408, 429 and 500 and above.
    /// </summary>
    /// <value>The default is 4.</value>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>
    /// The wait before the second attempt; it doubles with each further one, up to a minute. Of each wait between a
    /// half and the whole is taken, by the prompt's seed. A <c>Retry-After</c> of the server goes before it.
    /// </summary>
    /// <value>The default is half a second.</value>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Waits between attempts; a test puts its own here.</summary>
    /// <value>The default is <see cref="Task.Delay(TimeSpan, CancellationToken)"/>.</value>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>The longest that one attempt may take, the whole answer included.</summary>
    /// <value>The default is five minutes.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether each completion is asked for by a request of its own with a seed of its own, instead of a prompt's with one.
    /// Needed where the server draws the completions of one request alike, as SGLang does with
    /// <c>--enable-deterministic-inference</c>: all advantages would be 0.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SeparateRequests { get; init; }

    /// <summary>
    /// The version of the weights that must have drawn every completion; <see langword="null"/> for that which
    /// <see cref="ReadWeightVersion"/> gives first in a call.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? WeightVersion { get; init; }

    /// <summary>
    /// Asks the server for the version of its weights, before and after each request and for several at once. <see langword="null"/> leaves the check out.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<CancellationToken, ValueTask<string>>? ReadWeightVersion { get; init; }

    /// <summary>
    /// The weights that a training replaces on the server: each call asks for those that were loaded last, and checks before
    /// and after each request that the server has them. In place of <see cref="WeightVersion"/> and
    /// <see cref="ReadWeightVersion"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the server's weights are not known here.</value>
    public IServerWeights? Weights { get; init; }

    /// <summary>
    /// Whether each completion must carry its token ids and log-probabilities, as a trainer needs them. Without, the
    /// server isn't asked for log-probabilities, and token ids are given where it sends them.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool RequireLogProbabilities { get; init; } = true;

    /// <summary>
    /// The distribution whose log-probabilities the server sends: a setting of the server, not of a request.
    /// </summary>
    /// <value>The default is <see cref="ServerLogProbabilities.Raw"/>, that of vLLM.</value>
    public ServerLogProbabilities LogProbabilities { get; init; } = ServerLogProbabilities.Raw;

    /// <summary>
    /// Encodes a completion's text, control tokens included, for servers that don't send token ids. It must be safe to
    /// call from several threads. A text that was sampled need not encode to the tokens that were sampled; where their
    /// numbers differ the sampler refuses it.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }

    /// <summary>
    /// Control tokens as the server writes them, taken off the end of a completion's text. Only with
    /// <see cref="Tokenize"/>, which needs them in the text; otherwise the server is asked to leave all control tokens out.
    /// </summary>
    /// <value>The default is the end tokens of Qwen2-VL.</value>
    public IReadOnlyList<string> ControlTokenTexts { get; init; } = ["<|im_end|>", "<|endoftext|>"];

    /// <summary>
    /// Hears of progress after each answer and each repetition, from any thread, one report at a time.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IProgress<RemoteSamplingProgress>? Progress { get; init; }
}
