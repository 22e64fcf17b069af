using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Turns the logits of a step into a token a row, with its log-probabilities. R rows, V vocabulary.</summary>
internal sealed class TokenChooser
{
    private readonly ILogitsProcessor[] _penalties;
    private readonly ILogitsProcessor[] _warpers;
    private readonly SuppressedTokensProcessor _suppressed;
    private readonly ITokenSelector _selector;
    private readonly double _temperature;
    private readonly bool _hasOwn;

    /// <summary>Makes a chooser.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="endTokenIds">The end tokens in force.</param>
    /// <param name="suppressedTokenIds">The suppressed tokens in force.</param>
    /// <param name="own">The caller's processors, which come right before the temperature.</param>
    public TokenChooser(
        SamplingOptions options,
        IReadOnlyList<int> endTokenIds,
        IReadOnlyList<int> suppressedTokenIds,
        IReadOnlyList<ILogitsProcessor> own)
    {
        _hasOwn = own.Count > 0;
        _penalties = [.. LogitsProcessors.CreatePenalties(options, endTokenIds, suppressedTokenIds), .. own];
        _warpers = [.. LogitsProcessors.CreateWarpers(options)];
        _suppressed = new SuppressedTokensProcessor(suppressedTokenIds);
        _selector = options.Temperature == 0 ? new GreedySelector() : new CategoricalSelector();
        _temperature = options.Temperature == 0 ? 1 : options.Temperature;
    }

    /// <summary>Whether a processor needs the rows' history.</summary>
    public bool NeedsHistory => _penalties.Any(processor => processor.NeedsHistory);

    /// <summary>Whether uniform numbers are needed.</summary>
    public bool IsRandom => _selector.IsRandom;

    /// <summary>
    /// Whether the choice can be recorded. The library's processors find what they need in tensors of the context; a
    /// caller's own one may read numbers of the host, or copy some to the device.
    /// </summary>
    public bool IsRecordable => !_hasOwn;

    /// <summary>Chooses; the caller's dispose scope owns the result.</summary>
    /// <param name="logits_RV">The logits; they are not written into.</param>
    /// <param name="context">What the rows hold so far.</param>
    /// <param name="uniforms_R">The rows' numbers, float64; null where the choice isn't random.</param>
    public ChosenTokens Choose(Tensor logits_RV, LogitsContext context, Tensor? uniforms_R)
    {
        Tensor changed_RV = logits_RV;
        bool onlySuppressed = true;
        foreach (ILogitsProcessor processor in _penalties)
        {
            Tensor next_RV = processor.Process(changed_RV, context);
            onlySuppressed &= processor is SuppressedTokensProcessor || ReferenceEquals(next_RV, changed_RV);
            changed_RV = next_RV;
        }

        Tensor drawn_RV = changed_RV;
        Tensor? scaled_RV = null;
        foreach (ILogitsProcessor processor in _warpers)
        {
            drawn_RV = processor.Process(drawn_RV, context);
            scaled_RV ??= processor is TemperatureProcessor ? drawn_RV : null;
        }

        // What the trainer divides and normalises: the same logits without penalties and without truncation.
        Tensor plain_RV = onlySuppressed
            ? scaled_RV ?? changed_RV
            : Scale(_suppressed.Process(logits_RV, context));

        Tensor tokens_R = uniforms_R is null
            ? _selector.Select(drawn_RV, [])
            : CategoricalSelector.Draw(drawn_RV, uniforms_R);
        Tensor logProbabilities_R = LogProbabilities(plain_RV, tokens_R);
        Tensor drawn_R = !_selector.IsRandom ? zeros_like(logProbabilities_R)
            : ReferenceEquals(drawn_RV, plain_RV) ? logProbabilities_R
            : LogProbabilities(drawn_RV, tokens_R);

        // The host sees a failed draw without a look at the log-probabilities.
        Tensor failed_R = logProbabilities_R.Plus(drawn_R).isfinite().logical_not();
        return new ChosenTokens(tokens_R.FilledWhere(failed_R, -1), logProbabilities_R, drawn_R);
    }

    private static Tensor LogProbabilities(Tensor logits_RV, Tensor tokens_R) =>
        logits_RV.gather(1, tokens_R.unsqueeze(1)).squeeze(1) - logits_RV.logsumexp(1);

    private Tensor Scale(Tensor logits_RV) => _temperature == 1 ? logits_RV : logits_RV.DividedBy(_temperature);
}
