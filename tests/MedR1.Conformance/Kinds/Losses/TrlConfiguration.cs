using System.Text.Json;

using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>Converts TRL's options to those of this library.</summary>
internal static class TrlConfiguration
{
    /// <summary>The options of the loss: <c>config</c> and <c>sampler_correction</c> of a case's inputs.</summary>
    public static GrpoLossOptions LossOptions(JsonElement inputs)
    {
        JsonElement config = inputs.GetProperty("config");
        string type = Text(config, "loss_type") ?? "dapo";
        double low = Number(config, "epsilon", 0.2);
        double? high = config.OptionalNumber("epsilon_high");
        return new GrpoLossOptions
        {
            Objective = type switch
            {
                "cispo" => PolicyObjective.CispoAbsoluteCap,
                "sapo" => PolicyObjective.Sapo,
                "vespo" => PolicyObjective.Vespo,
                _ => PolicyObjective.ClippedSurrogate,
            },
            Normalization = type switch
            {
                "grpo" or "sapo" => LossNormalization.CompletionMean,
                "bnpo" => LossNormalization.MicroBatchTokens,
                "dr_grpo" => LossNormalization.MaxCompletionLength,
                "luspo" => LossNormalization.CompletionSum,
                "dapo" or "cispo" or "vespo" => LossNormalization.StepTokens,
                _ => throw new InvalidDataException($"Unknown loss_type '{type}'."),
            },
            ImportanceSamplingLevel = Text(config, "importance_sampling_level") == "sequence"
                ? ImportanceSamplingLevel.Sequence : ImportanceSamplingLevel.Token,
            ClipLow = low,
            ClipHigh = high,
            RatioCap = high ?? low,

            // TRL ignores delta if the term has no clip.
            RatioBound = type is "cispo" or "sapo" or "vespo" ? null : config.OptionalNumber("delta"),
            KlCoefficient = Number(config, "beta", 0),
            CorrectKlByRatio = !config.TryGetProperty("use_bias_correction_kl", out JsonElement correct)
                || correct.GetBoolean(),
            TopEntropyQuantile = Number(config, "top_entropy_quantile", 1),
            EntropyCoefficient = Number(config, "entropy_coef", 0),
            OffPolicyMaskThreshold = config.OptionalNumber("off_policy_mask_threshold"),
            SapoGate = new SapoOptions
            {
                PositiveTemperature = Number(config, "sapo_temperature_pos", 1),
                NegativeTemperature = Number(config, "sapo_temperature_neg", 1.05),
            },
            VespoWeight = new VespoOptions
            {
                PositivePower = Number(config, "vespo_k_pos", 2),
                PositiveDecay = Number(config, "vespo_lambda_pos", 3),
                NegativePower = Number(config, "vespo_k_neg", 3),
                NegativeDecay = Number(config, "vespo_lambda_neg", 2),
            },
            SamplerCorrection = Correction(inputs),
        };
    }

    /// <summary>The counts by which the loss is divided.</summary>
    public static PolicyLossInputs WithCounts(JsonElement inputs, PolicyLossInputs batch)
    {
        JsonElement config = inputs.GetProperty("config");
        bool train = Text(inputs, "mode") != "eval";
        int accumulation = train ? (int)Number(config, "gradient_accumulation_steps", 1) : 1;
        int steps = train ? (int)Number(config, "steps_per_generation", accumulation) : 1;
        return batch with
        {
            AccumulationSteps = accumulation,
            TokensInStep = StepTokenCount.OfGenerationBatch(
                (long)Number(inputs, "num_items_in_batch", 0), accumulation, steps),
            MaxCompletionLength = (int?)config.OptionalNumber("max_completion_length"),
        };
    }

    private static SamplerCorrectionOptions? Correction(JsonElement inputs)
    {
        if (!inputs.TryGetProperty("sampler_correction", out JsonElement correction)
            || correction.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new SamplerCorrectionOptions
        {
            Mode = Text(correction, "mode") switch
            {
                "token_truncate" => SamplerCorrectionMode.TokenTruncate,
                "token_mask" => SamplerCorrectionMode.TokenMask,
                "sequence_truncate" => SamplerCorrectionMode.SequenceTruncate,
                "sequence_mask" => SamplerCorrectionMode.SequenceMask,
                string other => throw new InvalidDataException($"Unknown mode '{other}'."),
                null => throw new InvalidDataException("The sampler correction has no mode."),
            },
            MaxRatio = correction.OptionalNumber("clip_max"),
            MinRatio = correction.OptionalNumber("clip_min"),
        };
    }

    private static string? Text(JsonElement parent, string field) =>
        parent.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static double Number(JsonElement parent, string field, double otherwise) =>
        parent.OptionalNumber(field) ?? otherwise;
}
