namespace MedR1.Losses;

/// <summary>
/// Keeps the policy's entropy near a target: at each optimizer step the coefficient of the bonus rises if the entropy of those of
/// the step's tokens that the bonus acts on was at or below the target, and falls otherwise. It is applied one step later, and only
/// while that entropy is at or below the target. For one thread at a time; nothing to dispose.
/// </summary>
/// <remarks>
/// Pass <see cref="Applied"/> to <see cref="PolicyLossInputs.EntropyCoefficient"/> and <see cref="PolicyLossResult.BonusEntropy"/>
/// back to <see cref="Observe"/>.
/// </remarks>
public sealed class AdaptiveEntropyCoefficient
{
    private readonly AdaptiveEntropyOptions _options;
    private double _sum;
    private double _tokens;
    private bool _hasObserved;

    /// <summary>Makes the controller.</summary>
    /// <param name="options">How it moves; null for the defaults.</param>
    /// <exception cref="InvalidLossOptionsException">The options are invalid.</exception>
    public AdaptiveEntropyCoefficient(AdaptiveEntropyOptions? options = null)
    {
        _options = options ?? new AdaptiveEntropyOptions();
        IReadOnlyList<string> problems = _options.Validate();
        if (problems.Count > 0)
        {
            throw new InvalidLossOptionsException("adaptive entropy coefficient", problems);
        }

        State = new AdaptiveEntropyState(_options.InitialCoefficient, null);
    }

    /// <summary>The state to keep in a checkpoint; set it to resume from one.</summary>
    public AdaptiveEntropyState State { get; set; }

    /// <summary>The coefficient, whether it is applied now or not.</summary>
    public double Coefficient => State.Coefficient;

    /// <summary>
    /// The coefficient for the micro-batches of the current step: 0 while the entropy is above the target or unknown.
    /// </summary>
    public double Applied => State.LastEntropy is double entropy && entropy <= _options.Target ? State.Coefficient : 0;

    /// <summary>Begins an optimizer step: what an earlier, unfinished one observed is forgotten.</summary>
    public void BeginStep() => (_sum, _tokens, _hasObserved) = (0, 0, false);

    /// <summary>Adds a micro-batch's entropies.</summary>
    /// <param name="entropySum">The sum over its tokens that the bonus acts on, in nats.</param>
    /// <param name="tokens">How many such tokens it has.</param>
    public void Observe(double entropySum, double tokens)
    {
        _sum += entropySum;
        _tokens += tokens;
        _hasObserved = true;
    }

    /// <summary>Ends an optimizer step: moves the coefficient according to what was observed in it.</summary>
    /// <returns>
    /// The mean entropy over these tokens of the step, 0 if its micro-batches have none; NaN, without a move, if no micro-batch was
    /// observed.
    /// </returns>
    public double EndStep()
    {
        // TRL's mean over nothing is 0: the step counts as one below the target.
        double entropy = _hasObserved ? _sum / Math.Max(1, _tokens) : double.NaN;
        BeginStep();
        if (double.IsNaN(entropy))
        {
            return entropy;
        }

        // Like TRL's, the bound it moves towards, not both: a coefficient that begins outside of the bounds walks back.
        double moved = entropy <= _options.Target
            ? Math.Min(State.Coefficient + _options.Step, _options.Maximum)
            : Math.Max(State.Coefficient - _options.Step, _options.Minimum);
        State = new AdaptiveEntropyState(moved, entropy);
        return entropy;
    }
}
