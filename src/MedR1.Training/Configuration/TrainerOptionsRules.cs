namespace MedR1.Training;

/// <summary>Collects the mistakes in options, each with the call that fixes it.</summary>
internal sealed class TrainerOptionsRules
{
    public List<string> Mistakes { get; } = [];

    public void Require(bool holds, string option, object? value, string rule, string example)
    {
        if (!holds)
        {
            Mistakes.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{option} is {value ?? "null"}, but {rule}: .Configure(options => options.{option} = {example})."));
        }
    }

    /// <summary>Checks what all trainers have in common.</summary>
    /// <param name="options">The options.</param>
    /// <param name="learningRate">A typical learning rate of the trainer, for the hint.</param>
    public void RequireCommon(TrainerOptions options, string learningRate)
    {
        Require(
            options.MaxSteps is null or > 0, nameof(options.MaxSteps), options.MaxSteps,
            "a run needs at least 1 step", "500");
        Require(
            options.MaxSteps is not null || (options.Epochs > 0 && double.IsFinite(options.Epochs)),
            nameof(options.Epochs), options.Epochs, "it must be above 0", "1");
        RequireRate(nameof(options.LearningRate), options.LearningRate, learningRate);
        Require(
            Enum.IsDefined(options.Schedule), nameof(options.Schedule), options.Schedule, "it must be a defined value",
            "LearningRateDecay.Linear");
        foreach (string mistake in Enum.IsDefined(options.Schedule) ? options.ScheduleOptions.Validate(options.Schedule) : [])
        {
            Mistakes.Add($"{mistake} .Configure(options => options.ScheduleOptions = new LearningRateDecayOptions()).");
        }

        Require(
            options.Warmup >= 0 && double.IsFinite(options.Warmup), nameof(options.Warmup), options.Warmup,
            "it can't be negative", "0.1");
        Require(
            options.WeightDecay >= 0 && float.IsFinite((float)options.WeightDecay),
            nameof(options.WeightDecay), options.WeightDecay, "it must be 0 or more and a number that float32 holds", "0");
        Require(
            options.MaxGradientNorm >= 0 && double.IsFinite(options.MaxGradientNorm),
            nameof(options.MaxGradientNorm), options.MaxGradientNorm, "it can't be negative (0 means no limit)", "1");
        foreach (string mistake in options.Optimizer.Validate())
        {
            Mistakes.Add($"{mistake} .Configure(options => options.Optimizer = new AdamWOptions()).");
        }

        Require(
            options.SaveInterval >= 0, nameof(options.SaveInterval), options.SaveInterval,
            "it can't be negative (0 saves at the end)", "100");
        Require(
            options.OutputFolder is null || !string.IsNullOrWhiteSpace(options.OutputFolder),
            nameof(options.OutputFolder), $"'{options.OutputFolder}'", "that is not a folder name (null writes no checkpoints)",
            "\"runs/first\"");
        Require(
            options.SaveInterval == 0 || options.OutputFolder is not null,
            nameof(options.OutputFolder), options.OutputFolder, $"SaveInterval {options.SaveInterval} needs a folder",
            "\"runs/first\"");
        Require(
            options.KeepLast is null or > 0, nameof(options.KeepLast), options.KeepLast,
            "at least the newest checkpoint is kept (null keeps all)", "3");
        Require(
            options.KeepInterval >= 0, nameof(options.KeepInterval), options.KeepInterval,
            "it can't be negative (0 means none)", "1000");
        Require(
            options.KeepLast is null || options.OutputFolder is not null,
            nameof(options.OutputFolder), options.OutputFolder, $"KeepLast {options.KeepLast} needs a folder", "\"runs/first\"");
        Require(
            options.KeepInterval == 0 || options.KeepLast is not null, nameof(options.KeepLast), options.KeepLast,
            $"without it nothing is removed, so KeepInterval {options.KeepInterval} has no effect", "3");
        Require(
            !options.BestIsLowest || options.BestMetric is not null, nameof(options.BestMetric), options.BestMetric,
            "BestIsLowest needs a metric", "\"eval/loss\"");
        Require(
            options.Patience is null or > 0, nameof(options.Patience), options.Patience,
            "at least 1 value must fail to be a new best (null never ends a run early)", "5");
        Require(
            options.Patience is null || options.BestMetric is not null, nameof(options.BestMetric), options.BestMetric,
            $"Patience {options.Patience} needs a metric", "\"eval/accuracy\"");
        Require(
            options.Patience is not > 0 || options.EvaluationInterval != 0 || options.BestMetric is not string best
                || !TrainingMetricNames.IsEvaluation(best),
            nameof(options.EvaluationInterval), options.EvaluationInterval,
            $"Patience {options.Patience} needs evaluations before the last step", "50");
        Require(
            options.BestMetric is null || options.OutputFolder is not null,
            nameof(options.OutputFolder), options.OutputFolder,
            $"the best checkpoint by {options.BestMetric} needs a folder", "\"runs/first\"");
        Require(
            options.EvaluationInterval >= 0, nameof(options.EvaluationInterval), options.EvaluationInterval,
            "it can't be negative (0 evaluates at the end)", "100");
        Require(
            options.LogInterval > 0, nameof(options.LogInterval), options.LogInterval, "it must be at least 1", "1");
        Require(
            options.PromptCacheBytes >= 0, nameof(options.PromptCacheBytes), options.PromptCacheBytes,
            "it can't be negative (0 means none)", "256 << 20");
        Require(
            options.ImageFeatureCacheBytes >= 0, nameof(options.ImageFeatureCacheBytes), options.ImageFeatureCacheBytes,
            "it can't be negative (0 means none)", "256 << 20");
    }

    /// <summary>Checks a learning rate: one that float32 does not hold makes parameters infinite, and those without a gradient NaN.</summary>
    public void RequireRate(string option, double rate, string example) => Require(
        rate > 0 && float.IsFinite((float)rate), option, rate, "it must be above 0 and a number that float32 holds", example);

    /// <summary>Checks what trainers that sample have in common.</summary>
    /// <param name="options">The options.</param>
    /// <param name="leastGroup">The minimum number of completions per prompt, and why.</param>
    public void RequireRollouts(RolloutTrainerOptions options, (int Size, string Reason) leastGroup)
    {
        RequireCommon(options, learningRate: "1e-6");
        Require(
            options.GroupSize >= leastGroup.Size, nameof(options.GroupSize), options.GroupSize,
            leastGroup.Reason, "8");
        Require(
            options.PromptsPerStep > 0, nameof(options.PromptsPerStep), options.PromptsPerStep,
            "a step needs at least 1 prompt", "4");
        Require(
            options.PromptsPerMicroBatch is null or > 0, nameof(options.PromptsPerMicroBatch),
            options.PromptsPerMicroBatch, "a pass needs at least 1 prompt", "1");
        Require(
            options.PromptsPerMicroBatch is null || options.PromptsPerMicroBatch <= options.PromptsPerStep,
            nameof(options.PromptsPerMicroBatch), options.PromptsPerMicroBatch,
            $"a pass can't have more prompts than a step, {options.PromptsPerStep}", $"{options.PromptsPerStep}");
        Require(
            options.StepsPerGeneration > 0, nameof(options.StepsPerGeneration), options.StepsPerGeneration,
            "it must be at least 1", "1");
        Require(
            options.Iterations > 0, nameof(options.Iterations), options.Iterations, "it must be at least 1", "1");
        Require(
            options.Temperature > 0 && double.IsFinite(options.Temperature), nameof(options.Temperature),
            options.Temperature, "samples of a group must differ, so it must be above 0", "1");
        if (options.Temperature > 0 && double.IsFinite(options.Temperature))
        {
            RequireSampling(nameof(options.Temperature), new() { Temperature = options.Temperature }, "1");
        }

        RequireSampling(nameof(options.MaxNewTokens), new() { MaxNewTokens = options.MaxNewTokens }, "256");
        RequireSampling(nameof(options.TopK), new() { TopK = options.TopK }, "null");
        RequireSampling(nameof(options.TopP), new() { TopP = options.TopP }, "1");
        RequireSampling(nameof(options.MinP), new() { MinP = options.MinP }, "null");
        RequireSampling(nameof(options.RepetitionPenalty), new() { RepetitionPenalty = options.RepetitionPenalty }, "1");
        Require(
            options.MaxPromptTokens is null or > 0, nameof(options.MaxPromptTokens), options.MaxPromptTokens,
            "it must be at least 1, or null for no limit", "1024");
        foreach (string mistake in options.AdaptiveEntropy?.Validate() ?? [])
        {
            Mistakes.Add(
                $"{mistake} .Configure(options => options.AdaptiveEntropy = new AdaptiveEntropyOptions()).");
        }

        Require(
            Enum.IsDefined(options.TokenDivisor), nameof(options.TokenDivisor), options.TokenDivisor,
            "it must be a defined value", "TokenDivisor.StepTokens");
        Require(
            options.RewardTimeout > TimeSpan.Zero && options.RewardTimeout < TimeSpan.FromDays(20),
            nameof(options.RewardTimeout), options.RewardTimeout,
            "it must be above 0 and below 20 days", "TimeSpan.FromSeconds(60)");
        Require(
            options.MaxParallelRewards > 0, nameof(options.MaxParallelRewards), options.MaxParallelRewards,
            "it must be at least 1", "32");
    }

    // The sampler's rules apply to the trainer's options too; all sampling options but the one in question have their defaults.
    private void RequireSampling(string option, SamplingOptions sampling, string example) =>
        Mistakes.AddRange(SamplingOptionsValidator.FindErrors(sampling).Select(
            error => $"{error} .Configure(options => options.{option} = {example})."));
}
