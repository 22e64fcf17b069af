namespace MedR1.Losses;

/// <summary>
/// How scores become what PPO learns from. The defaults are those of the paper's continuous control (arXiv 1707.06347,
/// table 3).
/// </summary>
public sealed record PpoTargetOptions
{
    /// <summary>
    /// The usual settings for language models: no discount, a divergence penalty in the rewards, whitened advantages (TRL's PPO: γ
    /// 1, λ 0.95, β 0.05).
    /// </summary>
    public static PpoTargetOptions LanguageModel { get; } = new()
    {
        Discount = 1,
        KlCoefficient = 0.05,
        Whiten = true,
    };

    /// <summary>γ: what a reward one token later is worth.</summary>
    /// <value>The default is 0.99.</value>
    public double Discount { get; init; } = 0.99;

    /// <summary>λ of <see cref="GeneralizedAdvantages"/>.</summary>
    /// <value>The default is 0.95.</value>
    public double Lambda { get; init; } = 0.95;

    /// <summary>β: the weight in <see cref="TokenRewards"/> of the penalty for diverging from the reference.</summary>
    /// <value>The default is 0.</value>
    public double KlCoefficient { get; init; }

    /// <summary>Whether advantages are whitened over all active tokens.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Whiten { get; init; }

    /// <summary>Every mistake in these options, in words; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (Discount is not (>= 0 and <= 1))
        {
            problems.Add($"Discount is {Discount}, expected a number from 0 to 1.");
        }

        if (Lambda is not (>= 0 and <= 1))
        {
            problems.Add($"Lambda is {Lambda}, expected a number from 0 to 1.");
        }

        if (!double.IsFinite(KlCoefficient))
        {
            problems.Add($"KlCoefficient is {KlCoefficient}, expected a finite number; 0 needs no reference.");
        }

        return problems;
    }
}
