namespace MedR1.Losses;

/// <summary>
/// Keeps the policy's entropy near a target. At the end of each optimizer step, the bonus's coefficient rises if the mean entropy
/// of the step's tokens that the bonus acts on was at or below the target, and falls otherwise. The next step applies the
/// coefficient only if that entropy was at or below the target. Not thread-safe; nothing to dispose.
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

    /// <summary>Creates the controller.</summary>
    /// <param name="options">The options; null for the defaults.</param>
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

    /// <summary>The current coefficient, whether or not the current step applies it.</summary>
    public double Coefficient => State.Coefficient;

    /// <summary>
    /// The coefficient for the micro-batches of the current step: 0 while the entropy is above the target or unknown.
    /// </summary>
    public double Applied => State.LastEntropy is double entropy && entropy <= _options.Target ? State.Coefficient : 0;

    /// <summary>Begins an optimizer step, discarding what an earlier, unfinished step observed.</summary>
    public void BeginStep() => (_sum, _tokens, _hasObserved) = (0, 0, false);

    /// <summary>Adds a micro-batch's entropies.</summary>
    /// <param name="entropySum">The sum of the entropies, in nats, of the micro-batch's tokens that the bonus acts on.</param>
    /// <param name="tokens">The number of such tokens.</param>
    public void Observe(double entropySum, double tokens)
    {
        _sum += entropySum;
        _tokens += tokens;
        _hasObserved = true;
    }

    /// <summary>Ends an optimizer step: moves the coefficient according to the observed entropies.</summary>
    /// <returns>
    /// The mean entropy of the step's tokens that the bonus acts on, 0 if there are none; NaN, leaving the coefficient unchanged,
    /// if no micro-batch was observed.
    /// </returns>
    public double EndStep()
    {
        // As in TRL, the mean over no tokens is 0, so the step counts as below the target.
        double entropy = _hasObserved ? _sum / Math.Max(1, _tokens) : double.NaN;
        BeginStep();
        if (double.IsNaN(entropy))
        {
            return entropy;
        }

        // As in TRL, only the bound in the direction of the move applies, so a coefficient that starts outside the bounds moves
        // back step by step.
        double moved = entropy <= _options.Target
            ? Math.Min(State.Coefficient + _options.Step, _options.Maximum)
            : Math.Max(State.Coefficient - _options.Step, _options.Minimum);
        State = new AdaptiveEntropyState(moved, entropy);
        return entropy;
    }
}
