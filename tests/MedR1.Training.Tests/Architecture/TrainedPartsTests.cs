using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>
/// One step on a small Qwen2-VL: for every loss, trained parameters move by their learning rates and no others move.
/// </summary>
public sealed class TrainedPartsTests
{
    private const double Rate = 1e-3;

    private static readonly Dictionary<string, ModelPart[]> FrozenParts = new()
    {
        ["all parameters"] = [],
        ["vision frozen"] = [ModelPart.Vision],
        ["merger only"] = [ModelPart.Vision, ModelPart.Language],
        ["language frozen"] = [ModelPart.Language],
    };

    public static TheoryData<string, string> LossesAndParts
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (string loss in NamedLosses.NamesWithTerms)
            {
                foreach (string parts in (string[])[.. FrozenParts.Keys, "adapter"])
                {
                    cases.Add(loss, parts);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(LossesAndParts))]
    public async Task Trained_parameters_move_and_no_others(string loss, string parts)
    {
        using Qwen2VLPolicy policy = SmallQwen.Load();
        using LoraPolicy? lora = parts == "adapter" ? Stirred(policy) : null;
        IVisionLanguagePolicy trained = lora is null ? policy : lora;
        ModelPart[] frozen = lora is null ? FrozenParts[parts] : [ModelPart.Vision, ModelPart.Merger, ModelPart.Language];
        trained.Freeze(frozen);

        Dictionary<string, double> moved = await MovedAsync(trained, () => StepAsync(trained, loss));

        Assert.All(moved, pair => Assert.Equal(!frozen.Contains(trained.PartOf(pair.Key)), pair.Value > 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_supervised_step_moves_trained_parameters_too(bool trainOnPrompt)
    {
        foreach ((string parts, ModelPart[] frozen) in FrozenParts)
        {
            using Qwen2VLPolicy policy = SmallQwen.Load();
            policy.Freeze(frozen);
            using SftTrainer trainer = new SftTrainerBuilder(policy)
                .UseExamples([SupervisedExample.Answer(SmallQwen.Prompts(1)[0], "A lung.")])
                .Configure(options =>
                {
                    options.ExamplesPerStep = 1;
                    options.MaxSteps = 1;
                    options.Warmup = 0;
                    options.TrainOnPrompt = trainOnPrompt;
                })
                .Build();

            Dictionary<string, double> moved = await MovedAsync(policy, () => trainer.RunAsync());

            Assert.All(moved, pair => Assert.True(!frozen.Contains(policy.PartOf(pair.Key)) == pair.Value > 0, parts));
        }
    }

    [Fact]
    public async Task Each_part_moves_by_its_own_learning_rate()
    {
        // AdamW's first step moves an element by the learning rate if its gradient is far above epsilon.
        using Qwen2VLPolicy policy = SmallQwen.Load();
        Func<string, double?> rates = policy.LearningRates((ModelPart.Vision, Rate / 10), (ModelPart.Merger, Rate / 4));
        Dictionary<string, double> moved = await MovedAsync(policy, () => StepAsync(policy, "MedR1", rates));
        foreach ((ModelPart part, double rate) in
            new[] { (ModelPart.Vision, Rate / 10), (ModelPart.Merger, Rate / 4), (ModelPart.Language, Rate) })
        {
            double most = policy.ParametersOf(part).Max(pair => moved[pair.Key]);
            Assert.InRange(most, 0.99 * rate, 1.01 * rate);
        }
    }

    [Fact]
    public void The_base_of_an_adapter_cannot_be_unfrozen()
    {
        using Qwen2VLPolicy policy = SmallQwen.Load();
        using LoraPolicy lora = SmallQwen.Adapt(policy, dropout: 0);

        Assert.Throws<InvalidOperationException>(() => lora.Unfreeze(ModelPart.Vision));

        lora.Dispose();
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    // If B is 0, so is the gradient of A.
    private static LoraPolicy Stirred(Qwen2VLPolicy policy)
    {
        LoraOptions options = new() { TargetModules = ModuleSelection.AllLinear, ModulesToSave = ["ln_q"] };
        LoraPolicy lora = LoraPolicy.Create(policy, options, seed: 1);
        using IDisposable noGradient = no_grad();
        using Generator generator = new(7, CPU);
        foreach ((_, Parameter parameter) in lora.AdapterParameters)
        {
            using Tensor noise = empty(parameter.shape).normal_(0, 0.05, generator);
            parameter.add_(noise);
        }

        return lora;
    }

    private static Task<TrainingReport> StepAsync(
        IVisionLanguagePolicy policy, string loss, Func<string, double?>? rates = null) =>
        new GrpoTrainerBuilder(policy)
            .UsePrompts([SmallQwen.Prompts(1)[0]])
            .UseLoss(NamedLosses.Of(loss))
            .AddReward("some tokens", context => context.Completion.TokenIds.Sum(token => token % 7))
            .Configure(options =>
            {
                options.GroupSize = 4;
                options.PromptsPerStep = 1;
                options.MaxSteps = 1;
                options.MaxNewTokens = 6;
                options.LearningRate = Rate;
                options.LearningRateOf = rates;
            })
            .RunAsync();

    /// <summary>How far each parameter moved.</summary>
    private static async Task<Dictionary<string, double>> MovedAsync(
        IVisionLanguagePolicy policy, Func<Task<TrainingReport>> train)
    {
        float[][] before = TestData.Weights(policy);
        TrainingReport report = await train();
        float[][] after = TestData.Weights(policy);
        Assert.Equal(0, report.SkippedSteps);
        return policy.Parameters.Select((pair, index) => (pair.Key, Index: index)).ToDictionary(
            parameter => parameter.Key,
            parameter => before[parameter.Index].Zip(after[parameter.Index], (left, right) => Math.Abs((double)left - right))
                .Max());
    }
}
