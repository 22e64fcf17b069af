namespace MedR1.Losses;

/// <summary>Finds every mistake in <see cref="GrpoLossOptions"/>.</summary>
internal static class GrpoLossOptionsValidator
{
    public static IReadOnlyList<string> Validate(GrpoLossOptions options)
    {
        List<string> problems = [];
        void Require(bool good, string problem)
        {
            if (!good)
            {
                problems.Add(problem);
            }
        }

        void RequireFinite(string name, double? value, double least, bool strict = false) => Require(
            value is null || (double.IsFinite(value.Value) && (strict ? value > least : value >= least)),
            $"{name} is {value?.ToText()}, expected a finite number {(strict ? "above" : "of at least")} {least.ToText()}.");

        void RequireDefined<T>(string name, T value)
            where T : struct, Enum => Require(
            Enum.IsDefined(value), $"{name} is {value}, expected one of {string.Join(", ", Enum.GetNames<T>())}.");

        RequireDefined(nameof(options.Objective), options.Objective);
        RequireDefined(nameof(options.Normalization), options.Normalization);
        RequireDefined(nameof(options.ImportanceSamplingLevel), options.ImportanceSamplingLevel);
        RequireDefined(nameof(options.KlEstimator), options.KlEstimator);
        RequireFinite(nameof(options.ClipLow), options.ClipLow, 0);
        RequireFinite(nameof(options.ClipHigh), options.ClipHigh, 0);
        RequireFinite(nameof(options.RatioBound), options.RatioBound, 0, strict: true);
        RequireFinite(nameof(options.RatioCap), options.RatioCap, 0, strict: true);
        RequireFinite(nameof(options.KlCoefficient), options.KlCoefficient, 0);
        Require(
            double.IsFinite(options.EntropyCoefficient),
            $"EntropyCoefficient is {options.EntropyCoefficient.ToText()}, expected a finite number.");
        Require(
            options.TopEntropyQuantile is >= 0 and <= 1,
            $"TopEntropyQuantile is {options.TopEntropyQuantile.ToText()}, expected a fraction from 0 to 1.");
        Require(
            options.OffPolicyMaskThreshold is null || double.IsFinite(options.OffPolicyMaskThreshold.Value),
            $"OffPolicyMaskThreshold is {options.OffPolicyMaskThreshold?.ToText()}, expected a finite number or null.");
        Require(
            options.RatioBound is null || options.Objective == PolicyObjective.ClippedSurrogate,
            $"RatioBound is {options.RatioBound?.ToText()}, but {options.Objective} does not use it: "
            + "set Objective to ClippedSurrogate, or RatioBound to null.");
        Require(
            options.Objective != PolicyObjective.GeometricMean || options.TopEntropyQuantile == 1,
            $"TopEntropyQuantile is {options.TopEntropyQuantile.ToText()}, but GeometricMean has one term for a whole completion, to which "
            + "all of its tokens contribute: set it to 1.");
        Require(
            options.Objective != PolicyObjective.GeometricMean || options.ImportanceSamplingLevel == ImportanceSamplingLevel.Token,
            $"ImportanceSamplingLevel is {options.ImportanceSamplingLevel}, but GeometricMean clips each token's ratio before it takes "
            + "their mean: set it to Token.");
        Require(
            options.Objective is not (PolicyObjective.ClipCovariance or PolicyObjective.KlCovariance)
            || options.ImportanceSamplingLevel == ImportanceSamplingLevel.Token,
            $"ImportanceSamplingLevel is {options.ImportanceSamplingLevel}, but {options.Objective} chooses tokens: set it to Token.");
        ValidateParts(options, Require, RequireFinite);
        ValidateCombination(options, Require);
        return problems;
    }

    private static void ValidateParts(
        GrpoLossOptions options, Action<bool, string> require, RequireFiniteAction requireFinite)
    {
        if (options.SapoGate is null)
        {
            require(false, "SapoGate is null: give options, or new SapoOptions() for the defaults.");
        }
        else
        {
            requireFinite("SapoGate.PositiveTemperature", options.SapoGate.PositiveTemperature, 0, true);
            requireFinite("SapoGate.NegativeTemperature", options.SapoGate.NegativeTemperature, 0, true);
        }

        if (options.VespoWeight is null)
        {
            require(false, "VespoWeight is null: give options, or new VespoOptions() for the defaults.");
        }
        else
        {
            requireFinite("VespoWeight.PositivePower", options.VespoWeight.PositivePower, 0, false);
            requireFinite("VespoWeight.PositiveDecay", options.VespoWeight.PositiveDecay, 0, false);
            requireFinite("VespoWeight.NegativePower", options.VespoWeight.NegativePower, 0, false);
            requireFinite("VespoWeight.NegativeDecay", options.VespoWeight.NegativeDecay, 0, false);
        }

        if (options.ClipCovariance is null)
        {
            require(false, "ClipCovariance is null: give options, or new ClipCovarianceOptions() for the defaults.");
        }
        else
        {
            require(
                options.ClipCovariance.Fraction is > 0 and <= 1,
                $"ClipCovariance.Fraction is {options.ClipCovariance.Fraction.ToText()}, expected a number above 0 and at most 1.");
            require(
                options.ClipCovariance.Minimum < options.ClipCovariance.Maximum,
                $"ClipCovariance.Minimum is {options.ClipCovariance.Minimum.ToText()}, expected a number below Maximum "
                + $"{options.ClipCovariance.Maximum.ToText()}.");
        }

        if (options.KlCovariance is null)
        {
            require(false, "KlCovariance is null: give options, or new KlCovarianceOptions() for the defaults.");
        }
        else
        {
            require(
                options.KlCovariance.Fraction is > 0 and <= 1,
                $"KlCovariance.Fraction is {options.KlCovariance.Fraction.ToText()}, expected a number above 0 and at most 1.");
            requireFinite("KlCovariance.Coefficient", options.KlCovariance.Coefficient, 0, false);
        }

        if (options.SamplerCorrection is SamplerCorrectionOptions correction)
        {
            requireFinite("SamplerCorrection.MaxRatio", correction.MaxRatio, 0, true);
            requireFinite("SamplerCorrection.MinRatio", correction.MinRatio, 0, false);
            require(
                !(correction.MinRatio > correction.MaxRatio),
                $"SamplerCorrection.MinRatio is {correction.MinRatio?.ToText()}, above MaxRatio {correction.MaxRatio?.ToText()}: "
                + "swap them.");
            require(
                Enum.IsDefined(correction.Mode),
                $"SamplerCorrection.Mode is {correction.Mode}, expected one of "
                + $"{string.Join(", ", Enum.GetNames<SamplerCorrectionMode>())}.");
            require(
                options.Objective != PolicyObjective.Vespo
                || !SamplerCorrection.IsOfSequences(correction.Mode),
                $"SamplerCorrection.Mode is {correction.Mode}, but Vespo's weight uses per-token ratios: "
                + "use TokenTruncate or TokenMask.");
        }
    }

    private static void ValidateCombination(GrpoLossOptions options, Action<bool, string> require)
    {
        if (options.Normalization != LossNormalization.CompletionTerm)
        {
            return;
        }

        const string Fix = "use CompletionMean, or ";
        require(
            options.ImportanceSamplingLevel is ImportanceSamplingLevel.Sequence or ImportanceSamplingLevel.SequenceSum
            && options.Objective is PolicyObjective.ClippedSurrogate or PolicyObjective.Sapo,
            $"CompletionTerm needs one term per completion, but {options.Objective} with ImportanceSamplingLevel "
            + $"{options.ImportanceSamplingLevel} has one per token: {Fix}ClippedSurrogate with SequenceSum.");
        require(
            options.KlCoefficient == 0,
            $"CompletionTerm has no per-token divergence, but KlCoefficient is {options.KlCoefficient.ToText()}: "
            + $"{Fix}set it to 0. RLOO subtracts β × the divergence from the reward: in a custom loop, pass it as penalties to "
            + "GroupAdvantages.Compute; the trainers don't support it.");
        require(
            options.TopEntropyQuantile == 1,
            $"CompletionTerm has no per-token terms, but TopEntropyQuantile is {options.TopEntropyQuantile.ToText()}: "
            + $"{Fix}set it to 1.");
        require(
            options.SamplerCorrection is null || SamplerCorrection.IsOfSequences(options.SamplerCorrection.Mode),
            $"CompletionTerm has no per-token terms, but SamplerCorrection.Mode is {options.SamplerCorrection?.Mode}: "
            + $"{Fix}SequenceTruncate or SequenceMask.");
    }

    private delegate void RequireFiniteAction(string name, double? value, double least, bool strict);
}
