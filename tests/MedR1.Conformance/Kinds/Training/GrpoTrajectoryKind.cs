using System.Text.Json;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;

namespace MedR1.Conformance;

/// <summary>Five optimizer steps of the real trainer on scripted completions.</summary>
internal sealed class GrpoTrajectoryKind : IConformanceKind
{
    public string Kind => "grpo-trajectory";

    public string? Obstacle(ConformanceCase conformanceCase)
    {
        // TRL counts passes and samples again in the middle of such a step; a step of the trainer has its passes from one rollout.
        JsonElement config = conformanceCase.Inputs.GetProperty("config");
        int microSteps = config.GetProperty("steps_per_generation").GetInt32();
        int accumulation = config.GetProperty("gradient_accumulation_steps").GetInt32();
        return microSteps % accumulation == 0
            ? TrainingCase.Obstacle(conformanceCase.Inputs)
            : $"steps_per_generation {microSteps} is no multiple of gradient_accumulation_steps {accumulation}, so that optimizer "
                + "steps learn from two generations";
    }

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        using Qwen2VLPolicy whole = TrainingCase.LoadPolicy(conformanceCase);
        using LoraPolicy? lora = inputs.GetProperty("adapter").GetString() is string adapter
            ? LoraPolicy.Load(whole, Path.Combine(conformanceCase.ModelFolder, adapter)) : null;
        IVisionLanguagePolicy policy = lora is null ? whole : lora;
        VqaPrompt[] prompts = [.. inputs.GetProperty("prompts").EnumerateArray().Select(
            prompt => new VqaPrompt(TrainingCase.Messages(conformanceCase, prompt.GetProperty("messages"), prompt)))];
        CheckPrompts(checker, policy, inputs, prompts);
        ScriptedRun run = new(inputs);
        using ParameterChecks parameters = new(lora?.AdapterParameters ?? whole.Parameters);
        TrajectoryObserver observer = new(conformanceCase, checker, run, parameters);
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UsePrompts(prompts).UseOrder(run).UseSampler(run).UseUpdatePlanner(run)
            .UseLoss(new GrpoLoss(LossOptions(inputs)))
            .UseAdvantages(AdvantagesOf(inputs.GetProperty("config")))
            .AddObserver(observer)
            .Configure(options => Configure(inputs, run, options));
        double[]? weights = Weights(inputs.GetProperty("config"));
        foreach ((IGroupReward reward, int index) in run.Rewards(conformanceCase.Expected.GetProperty("steps")[0])
            .Select((reward, index) => (reward, index)))
        {
            builder.AddReward(reward, weights?[index] ?? 1);
        }

        using GrpoTrainer trainer = builder.Build();
        TrainingReport report = trainer.RunAsync().GetAwaiter().GetResult();
        checker.Equal("steps", conformanceCase.Expected.GetProperty("steps").GetArrayLength(), (int)report.Steps);
        checker.Equal("skipped steps", 0L, report.SkippedSteps);
        observer.RequireCompared();
    }

    private static GrpoLossOptions LossOptions(JsonElement inputs) => TrlConfiguration.LossOptions(inputs) with
    {
        MaskTruncatedCompletions = inputs.GetProperty("config").GetProperty("mask_truncated_completions").GetBoolean(),
    };

    private static AdvantageOptions AdvantagesOf(JsonElement config) => new()
    {
        Scale = config.GetProperty("scale_rewards").ToString() switch
        {
            "group" or "True" => AdvantageScale.Group,
            "batch" => AdvantageScale.Batch,
            "none" or "False" => AdvantageScale.None,
            string other => throw new InvalidDataException($"Unknown scale_rewards '{other}'."),
        },
        Aggregation = config.TryGetProperty("multi_objective_aggregation", out JsonElement aggregation)
            && aggregation.GetString() == "normalize_then_sum"
            ? RewardAggregation.NormalizeThenSum : RewardAggregation.SumThenNormalize,
    };

    private static double[]? Weights(JsonElement config) =>
        config.TryGetProperty("reward_weights", out JsonElement weights) && weights.ValueKind == JsonValueKind.Array
            ? [.. weights.EnumerateArray().Select(weight => weight.GetDouble())] : null;

    private static void Configure(JsonElement inputs, ScriptedRun run, GrpoTrainerOptions options)
    {
        JsonElement config = inputs.GetProperty("config");
        TrainingCase.Configure(inputs, options);
        options.GroupSize = run.GroupSize;

        // A step may use a part of a group. The trainer counts whole prompts, but makes as many steps as are planned.
        options.StepsPerGeneration = run.PromptsPerGeneration % run.StepsPerGeneration == 0 ? run.StepsPerGeneration : 1;
        options.PromptsPerStep = run.PromptsPerGeneration / options.StepsPerGeneration;
        options.Iterations = config.GetProperty("num_iterations").GetInt32();
        options.MaxNewTokens = config.GetProperty("max_completion_length").GetInt32();
        options.Temperature = config.GetProperty("temperature").GetDouble();

        // Like TRL: the softmax includes vision tokens, and the divisor of a step is its share of the generation's tokens.
        options.SuppressVisionTokensInLoss = false;
        options.TokenDivisor = TokenDivisor.MeanStepTokens;
    }

    private static void CheckPrompts(Checker checker, IVisionLanguagePolicy policy, JsonElement inputs, VqaPrompt[] prompts)
    {
        JsonElement expected = inputs.GetProperty("prompts");
        for (int i = 0; i < prompts.Length; i++)
        {
            EncodedPrompt encoded = policy.Processor.Encode(prompts[i]);
            checker.Equal($"prompt_text[{i}]", expected[i].GetProperty("prompt_text").GetString(), encoded.Text);
            checker.SequenceEqual(
                $"prompt_ids[{i}]", CaseModel.Integers(expected[i].GetProperty("prompt_ids")), encoded.TokenIds);
            CheckImages(checker, $"prompts[{i}]", expected[i], encoded.Images);
        }
    }

    // The largest difference of a pixel value is that of the kind pixel-values.
    private static void CheckImages(Checker checker, string field, JsonElement expected, IReadOnlyList<EncodedImage> images)
    {
        const double PixelTolerance = 5e-6;
        JsonElement grids = expected.GetProperty("image_grid_thw");
        checker.Equal($"{field}.images", grids.GetArrayLength(), images.Count);
        for (int i = 0; i < Math.Min(grids.GetArrayLength(), images.Count); i++)
        {
            float[] values = images[i].Patches.ToArray();
            checker.SequenceEqual(
                $"{field}.image_grid_thw[{i}]", CaseModel.Integers(grids[i]),
                [images[i].Grid.Frames, images[i].Grid.Rows, images[i].Grid.Columns]);
            checker.Number(
                $"{field}.pixel_values_sum[{i}]", expected.GetProperty("pixel_values_sum")[i].GetDouble(),
                values.Sum(value => (double)value), new Tolerance(false, PixelTolerance * values.Length, 0, null, null));
            checker.Number(
                $"{field}.pixel_values_norm[{i}]", expected.GetProperty("pixel_values_norm")[i].GetDouble(),
                Math.Sqrt(values.Sum(value => (double)value * value)),
                new Tolerance(false, PixelTolerance * Math.Sqrt(values.Length), 0, null, null));
        }
    }
}
