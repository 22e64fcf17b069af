namespace MedR1.Losses;

/// <summary>
/// How PPO's training targets are computed from scores. The defaults are those of the paper's continuous-control experiments (arXiv
/// 1707.06347, table 3).
/// </summary>
public sealed record PpoTargetOptions
{
    /// <summary>
    /// The usual settings for language models: no discount, a KL penalty in the rewards, whitened advantages (TRL's PPO: γ 1, λ
    /// 0.95, β 0.05).
    /// </summary>
    public static PpoTargetOptions LanguageModel { get; } = new()
    {
        Discount = 1,
        KlCoefficient = 0.05,
        Whiten = true,
    };

    /// <summary>γ: the discount of a reward one token later.</summary>
    /// <value>The default is 0.99.</value>
    public double Discount { get; init; } = 0.99;

    /// <summary>λ of <see cref="GeneralizedAdvantages"/>.</summary>
    /// <value>The default is 0.95.</value>
    public double Lambda { get; init; } = 0.95;

    /// <summary>β: the weight of the KL penalty in <see cref="TokenRewards"/>.</summary>
    /// <value>The default is 0.</value>
    public double KlCoefficient { get; init; }

    /// <summary>Whether advantages are whitened over all active tokens.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Whiten { get; init; }

    /// <summary>A description of every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (Discount is not (>= 0 and <= 1))
        {
            problems.Add($"Discount is {Discount.ToText()}, expected a number from 0 to 1.");
        }

        if (Lambda is not (>= 0 and <= 1))
        {
            problems.Add($"Lambda is {Lambda.ToText()}, expected a number from 0 to 1.");
        }

        if (!double.IsFinite(KlCoefficient))
        {
            problems.Add($"KlCoefficient is {KlCoefficient.ToText()}, expected a finite number; 0 needs no reference.");
        }

        return problems;
    }
}
