namespace MedR1.Training;

/// <summary>
/// Options of a PPO run. A rollout feeds <see cref="RolloutTrainerOptions.StepsPerGeneration"/> mini-batches of
/// <see cref="RolloutTrainerOptions.PromptsPerStep"/> prompts, and the trainer iterates over them
/// <see cref="RolloutTrainerOptions.Iterations"/> times (PPO's epochs).
/// </summary>
public sealed class PpoTrainerOptions : RolloutTrainerOptions
{
    /// <inheritdoc/>
    /// <value>The default is 1: the baseline comes from the critic, not from a group.</value>
    public override int GroupSize { get; set; } = 1;

    /// <inheritdoc/>
    /// <value>The default is 1e-6.</value>
    public override double LearningRate { get; set; } = 1e-6;

    /// <summary>The critic's peak learning rate; its schedule is the policy's.</summary>
    /// <value>The default is 1e-5, as in verl.</value>
    public double CriticLearningRate { get; set; } = 1e-5;

    /// <inheritdoc/>
    /// <value>The default is linear to 0.</value>
    public override LearningRateDecay Schedule { get; set; } = LearningRateDecay.Linear;

    /// <inheritdoc/>
    /// <value>The default is 0.</value>
    public override double Warmup { get; set; }

    /// <summary>
    /// Subtracted from the score of a completion that was cut off before its end token (TRL's <c>missing_eos_penalty</c>).
    /// </summary>
    /// <value>The default is 0.</value>
    public double TruncationPenalty { get; set; }

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.Add(nameof(CriticLearningRate), CriticLearningRate);
        settings.Add(nameof(TruncationPenalty), TruncationPenalty);
        return settings;
    }

    internal PpoTrainerOptions Copy() => (PpoTrainerOptions)CopyAll();

    /// <summary>The same options for the critic: its own learning rate, and a head that is never frozen.</summary>
    internal PpoTrainerOptions ForCritic()
    {
        PpoTrainerOptions copy = Copy();
        copy.LearningRate = CriticLearningRate;
        copy.LearningRateOf = null;
        copy.IsFrozen = name => !ValueModel.IsHead(name) && IsFrozen?.Invoke(name) == true;
        return copy;
    }
}
