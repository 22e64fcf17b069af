using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>One GRPO step on a random model: what is to train moves by its own learning rate, and nothing else moves.</summary>
public sealed class TrainedPartsTests
{
    private const double Rate = 1e-3;

    private static readonly string Model =
        Path.Combine(SampleProgram.Root, "tests", "Golden", "models", "grpo-trajectory-tied");

    [Theory]
    [InlineData]
    [InlineData(ModelPart.Vision)]
    [InlineData(ModelPart.Language)]
    [InlineData(ModelPart.Vision, ModelPart.Merger)]
    [InlineData(ModelPart.Language, ModelPart.Vision)]
    public async Task Frozen_parts_stay_and_all_others_move(params ModelPart[] frozen)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Model);
        policy.Freeze(frozen);
        Dictionary<string, double> moved = await TrainAsync(policy, policy.Parameters);
        Assert.All(moved, pair => Assert.Equal(!frozen.Contains(policy.PartOf(pair.Key)), pair.Value > 0));
        policy.Unfreeze(frozen);
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Fact]
    public async Task Each_part_moves_by_its_own_learning_rate()
    {
        // AdamW's first step moves an element by the learning rate, wherever its gradient is far above epsilon.
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Model);
        Func<string, double?> rates = policy.LearningRates((ModelPart.Vision, Rate / 10), (ModelPart.Merger, Rate / 4));
        Dictionary<string, double> moved = await TrainAsync(policy, policy.Parameters, rates);
        foreach ((ModelPart part, double rate) in
            new[] { (ModelPart.Vision, Rate / 10), (ModelPart.Merger, Rate / 4), (ModelPart.Language, Rate) })
        {
            double most = policy.ParametersOf(part).Max(pair => moved[pair.Key]);
            Assert.InRange(most, 0.99 * rate, 1.01 * rate);
        }
    }

    [Fact]
    public async Task An_adapter_moves_and_its_base_stays()
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Model);
        LoraOptions options = new() { TargetModules = ModuleSelection.AllLinear, ModulesToSave = ["ln_q"] };
        using LoraPolicy lora = LoraPolicy.Create(policy, options, seed: 1);
        using (IDisposable noGradient = no_grad())
        {
            // Where B is 0 the gradient of A is.
            foreach ((_, Parameter parameter) in lora.AdapterParameters)
            {
                using Tensor noise = randn_like(parameter);
                parameter.add_(0.05 * noise);
            }
        }

        Dictionary<string, double> moved = await TrainAsync(lora, lora.Parameters);
        Assert.All(moved, pair => Assert.Equal(lora.PartOf(pair.Key) == ModelPart.Adapter, pair.Value > 0));
        Assert.Throws<InvalidOperationException>(() => lora.Unfreeze(ModelPart.Vision));
    }

    private static async Task<Dictionary<string, double>> TrainAsync(
        IVisionLanguagePolicy policy, IReadOnlyList<KeyValuePair<string, Parameter>> parameters,
        Func<string, double?>? rates = null)
    {
        Dictionary<string, Tensor> before = parameters.ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        byte[] pixels = new byte[56 * 84 * 3];
        new Random(1).NextBytes(pixels);
        VqaPrompt prompt = VqaPrompt.Ask("What is shown?", new PixelImageSource("noise", new RgbImage(56, 84, pixels)));
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts([prompt])
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
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
            .Build();
        TrainingReport report = await trainer.RunAsync();
        Assert.Equal(0, report.SkippedSteps);
        Dictionary<string, double> moved = parameters.ToDictionary(
            pair => pair.Key, pair => (pair.Value.detach() - before[pair.Key]).abs().max().item<float>() + 0.0);
        foreach (Tensor copy in before.Values)
        {
            copy.Dispose();
        }

        return moved;
    }
}
