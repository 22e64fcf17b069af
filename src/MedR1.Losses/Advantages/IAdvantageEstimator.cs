namespace MedR1.Losses;

/// <summary>
/// Turns the rewards of a rollout into advantages: a pure function of its inputs. Implementations hold no mutable state, so any number of
/// threads may share an instance; there is nothing to dispose. Trainers may call it more than once for a rollout, also when they resume.
/// </summary>
/// <remarks>
/// If an implementation is a record class, a resumed run is compared with it by its init-only properties, otherwise by its name alone.
/// </remarks>
public interface IAdvantageEstimator
{
    /// <summary>Computes one advantage for each completion.</summary>
    /// <param name="inputs">The scored completions.</param>
    /// <returns>
    /// The advantages, which must be finite in float32, and 0 for a completion without a total, with the statistics that are reported as
    /// metrics: <see cref="AdvantageInputs.ToResult"/> adds them.
    /// </returns>
    AdvantageResult Compute(AdvantageInputs inputs);
}
