using MedR1.Modeling;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Turns the logits of a step into one token per row, with its log-probabilities. R rows, H rows of logits, V vocabulary.
/// </summary>
internal sealed class TokenChooser
{
    private readonly ILogitsProcessor[] _penalties;
    private readonly ILogitsProcessor[] _warpers;
    private readonly SuppressedTokensProcessor _suppressed;
    private readonly double _temperature;
    private readonly bool _hasOwn;

    /// <summary>Creates a chooser.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="endTokenIds">The effective end tokens.</param>
    /// <param name="suppressedTokenIds">The effective suppressed tokens.</param>
    /// <param name="own">The caller's processors, applied right before the temperature.</param>
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
        IsRandom = options.Temperature != 0;
        _temperature = options.Temperature == 0 ? 1 : options.Temperature;
    }

    /// <summary>Whether a processor needs the rows' history.</summary>
    public bool NeedsHistory => _penalties.Any(processor => processor.NeedsHistory);

    /// <summary>Whether uniform numbers are needed; otherwise the most likely token is chosen.</summary>
    public bool IsRandom { get; }

    /// <summary>
    /// Whether the choice can be recorded. The library's processors read only tensors of the context; a caller's processor may read numbers
    /// on the host, or copy some to the device.
    /// </summary>
    public bool IsRecordable => !_hasOwn;

    /// <summary>
    /// Whether rows with the same tokens so far may share a row of logits. A caller's processor may treat them differently.
    /// </summary>
    public bool SharesLogits => !_hasOwn;

    /// <summary>Chooses; the caller's dispose scope owns the result.</summary>
    /// <param name="logits_HV">The logits; they are not modified.</param>
    /// <param name="context">The state of the rows of the logits.</param>
    /// <param name="uniforms_R">The rows' uniform numbers, float64; null if the choice isn't random.</param>
    /// <param name="heads_R">For each row, the row of the logits, int64; null if each has its own.</param>
    public ChosenTokens Choose(Tensor logits_HV, LogitsContext context, Tensor? uniforms_R, Tensor? heads_R = null)
    {
        Tensor changed_HV = logits_HV;
        bool onlySuppressed = true;
        foreach (ILogitsProcessor processor in _penalties)
        {
            Tensor next_HV = processor.Process(changed_HV, context);
            onlySuppressed &= processor is SuppressedTokensProcessor || ReferenceEquals(next_HV, changed_HV);
            changed_HV = next_HV;
        }

        Tensor drawn_HV = changed_HV;
        Tensor? scaled_HV = null;
        foreach (ILogitsProcessor processor in _warpers)
        {
            drawn_HV = processor.Process(drawn_HV, context);
            scaled_HV ??= processor is TemperatureProcessor ? drawn_HV : null;
        }

        // The logits that the trainer normalises: divided by the temperature, without penalties and without truncation.
        Tensor plain_HV = onlySuppressed
            ? scaled_HV ?? changed_HV
            : Scale(_suppressed.Process(logits_HV, context));

        if (uniforms_R is not null && heads_R is null && TokenSampling.TrySample(
            drawn_HV, plain_HV, uniforms_R, out Tensor? kernelTokens_R, out Tensor? kernelPlain_R, out Tensor? kernelDrawn_R))
        {
            return new ChosenTokens(kernelTokens_R, kernelPlain_R, kernelDrawn_R);
        }

        Tensor tokens_R = uniforms_R is null
            ? Spread(drawn_HV.argmax(1), heads_R)
            : CategoricalDraw.Of(drawn_HV, uniforms_R, heads_R);
        Tensor logProbabilities_R = LogProbabilities(plain_HV, tokens_R, heads_R);
        Tensor drawn_R = uniforms_R is null ? zeros_like(logProbabilities_R)
            : ReferenceEquals(drawn_HV, plain_HV) ? logProbabilities_R
            : LogProbabilities(drawn_HV, tokens_R, heads_R);

        // The host detects a failed draw without looking at the log-probabilities.
        Tensor failed_R = logProbabilities_R.Plus(drawn_R).isfinite().logical_not();
        return new ChosenTokens(tokens_R.FilledWhere(failed_R, -1), logProbabilities_R, drawn_R);
    }

    private static Tensor LogProbabilities(Tensor logits_HV, Tensor tokens_R, Tensor? heads_R)
    {
        Tensor chosen_R = heads_R is null
            ? logits_HV.gather(1, tokens_R.unsqueeze(1)).squeeze(1)
            : logits_HV.reshape(-1).index_select(0, heads_R.Times(logits_HV.shape[1]).Plus(tokens_R));
        return chosen_R - Spread(RowSums.Of(logits_HV, rows => rows.logsumexp(1)), heads_R);
    }

    private static Tensor Spread(Tensor values_H, Tensor? heads_R) =>
        heads_R is null ? values_H : values_H.index_select(0, heads_R);

    private Tensor Scale(Tensor logits_HV) => _temperature == 1 ? logits_HV : logits_HV.DividedBy(_temperature);
}
