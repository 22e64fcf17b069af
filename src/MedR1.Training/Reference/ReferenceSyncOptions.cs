namespace MedR1.Training;

/// <summary>
/// How the reference follows the policy: reference ← α · policy + (1 − α) · reference (TR-DPO, arXiv 2404.09656,
/// equation 7; TRL's <c>sync_ref_model</c>).
/// </summary>
public sealed record ReferenceSyncOptions
{
    /// <summary>Optimizer steps between mixings.</summary>
    /// <value>The default is 512, TRL's <c>ref_model_sync_steps</c>.</value>
    public int Interval { get; init; } = 512;

    /// <summary>The weight of the policy (α); 1 copies it.</summary>
    /// <value>The default is 0.6, TRL's <c>ref_model_mixup_alpha</c>.</value>
    public double Mixup { get; init; } = 0.6;
}
