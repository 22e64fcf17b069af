namespace MedR1.Losses;

/// <summary>
/// A policy loss over completions and their advantages: a pure function of its inputs. Implementations hold no mutable state, so
/// any number of threads may share an instance; there is nothing to dispose.
/// </summary>
public interface IPolicyLoss
{
    /// <summary>Whether <see cref="PolicyLossInputs.ReferenceLogProbabilities"/> must be given.</summary>
    bool RequiresReference { get; }

    /// <summary>Whether <see cref="PolicyLossInputs.SamplerLogProbabilities"/> must be given.</summary>
    bool RequiresSamplerLogProbabilities => false;

    /// <summary>Whether <see cref="PolicyLossInputs.Entropies"/> must be given.</summary>
    bool RequiresEntropies => false;

    /// <summary>Whether the gradient flows through the entropies, so that they must be computed with gradient.</summary>
    bool RequiresEntropyGradient => false;

    /// <summary>
    /// Whether completions truncated at the length limit are masked. The code that builds the mask must do so, with
    /// <see cref="LossMask.WithoutTruncated"/>, before it counts the step's tokens.
    /// </summary>
    bool MasksTruncatedCompletions => false;

    /// <summary>
    /// Whether the log-probabilities of a completion with the advantage 0 count, although they have no gradient: such completions are then
    /// never left out of a pass.
    /// </summary>
    bool ComparesAllCompletions => false;

    /// <summary>Computes the loss of a micro-batch and its metrics.</summary>
    /// <param name="inputs">The micro-batch.</param>
    /// <returns>The loss to call <c>backward</c> on, already divided for gradient accumulation; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Something is missing or has the wrong shape.</exception>
    PolicyLossResult Compute(PolicyLossInputs inputs);
}
