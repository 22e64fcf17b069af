namespace MedR1.Sampling.Remote;

/// <summary>Checks the options of a sampler.</summary>
internal static class RemoteSamplerOptionsCheck
{
    /// <summary>Throws an exception that names all mistakes, if there are any.</summary>
    public static void ThrowIfInvalid(RemoteSamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        MistakeList mistakes = new();
        CheckServer(mistakes, options);
        mistakes.Require(
            options.MaxParallelRequests >= 1,
            $"MaxParallelRequests is {options.MaxParallelRequests}; use at least 1.");
        mistakes.Require(options.MaxAttempts >= 1, $"MaxAttempts is {options.MaxAttempts}; use at least 1.");
        mistakes.Require(
            options.RetryDelay >= TimeSpan.Zero, $"RetryDelay is {options.RetryDelay}; use zero or more.");
        mistakes.Require(options.Delay is not null, $"Delay is null; use Task.Delay.");
        mistakes.Require(
            ServerRules.IsTimeLimit(options.RequestTimeout),
            $"RequestTimeout is {options.RequestTimeout}; use a time above zero and at most 24 days.");
        mistakes.Require(options.MaxResponseBytes >= 1, $"MaxResponseBytes is {options.MaxResponseBytes}; use at least 1.");
        mistakes.Require(
            options.WeightVersion is null || options.ReadWeightVersion is not null,
            $"WeightVersion is '{options.WeightVersion}', but nothing reads the server's; set ReadWeightVersion too.");
        mistakes.Require(
            options.Weights is null || (options.WeightVersion is null && options.ReadWeightVersion is null),
            $"Weights is set together with {Names(options)}; leave that out, since Weights provides the needed version and reads the server's.");
        mistakes.Require(
            Enum.IsDefined(options.LogProbabilities),
            $"LogProbabilities is {(int)options.LogProbabilities}; use a value of ServerLogProbabilities.");
        mistakes.Require(
            options.ControlTokenTexts?.All(text => !string.IsNullOrEmpty(text)) ?? false,
            $"ControlTokenTexts is null or contains an empty string; use an empty list for none.");
        mistakes.ThrowIfAny(errors => new RemoteSamplerOptionsException(errors));
    }

    private static string Names(RemoteSamplerOptions options) => string.Join(
        " and ",
        new[]
        {
            options.WeightVersion is null ? null : nameof(options.WeightVersion),
            options.ReadWeightVersion is null ? null : nameof(options.ReadWeightVersion),
        }.OfType<string>());

    private static void CheckServer(MistakeList mistakes, RemoteSamplerOptions options)
    {
        mistakes.Require(
            ServerRules.IsAddress(options.Endpoint),
            $"Endpoint is '{options.Endpoint}'; use an http or https address such as http://localhost:8000/v1.");
        mistakes.Require(
            options.Endpoint?.OriginalString.Contains("/chat/completions", StringComparison.Ordinal) != true,
            $"Endpoint is '{options.Endpoint}'; leave out /chat/completions, which is added to each request.");
        mistakes.Require(
            !string.IsNullOrWhiteSpace(options.Model),
            $"Model is '{options.Model}'; use the name that the server lists.");
        mistakes.Require(
            options.ApiKey is null || !string.IsNullOrWhiteSpace(options.ApiKey),
            $"ApiKey is empty; use null for a server without keys.");
    }
}
