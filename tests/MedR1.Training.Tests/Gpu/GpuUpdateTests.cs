using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Testing;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

/// <summary>
/// Updates of a small Qwen2-VL on GPU and CPU, from scripted answers because sampled ones could differ in a token.
/// </summary>
[Trait("Device", "Gpu")]
public sealed class GpuUpdateTests : IDisposable
{
    // Float32 sums in a different order: for the first gradient relative to its largest element, and for losses over three steps.
    private const double GradientTolerance = 1e-4;
    private const double LossTolerance = 1e-4;
    private const int Steps = 3;
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-gpu-").FullName;

    public static TheoryData<string> Losses => [.. NamedLosses.NamesWithTerms];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_grpo_run_equals_that_on_the_CPU(string loss) =>
        AssertSame(await GrpoAsync(CPU, loss), await GrpoAsync(TestDevice.Gpu, loss));

    [Theory]
    [InlineData(0.0, WeightQuantization.None)]
    [InlineData(0.3, WeightQuantization.None)]
    [InlineData(0.3, WeightQuantization.DecoderAndVision)]
    public async Task An_adapter_run_equals_that_on_the_CPU(double dropout, WeightQuantization quantization) => AssertSame(
        await GrpoAsync(CPU, "MedR1", dropout, quantization), await GrpoAsync(TestDevice.Gpu, "MedR1", dropout, quantization));

    [Theory]
    [InlineData(null, WeightQuantization.None)]
    [InlineData(0.3, WeightQuantization.None)]
    [InlineData(0.3, WeightQuantization.DecoderAndVision)]
    public async Task Layers_that_are_computed_again_give_the_same(double? dropout, WeightQuantization quantization) => AssertSame(
        await GrpoAsync(TestDevice.Gpu, "MedR1", dropout, quantization),
        await GrpoAsync(TestDevice.Gpu, "MedR1", dropout, quantization, computesLayersAgain: true));

    // Many backward passes on the device's thread, while the garbage collector runs.
    [Fact]
    public async Task Recomputed_layers_survive_the_garbage_collector()
    {
        using CancellationTokenSource source = new();
        Task waste = Task.Run(() =>
        {
            // Large enough to trigger collections of all generations.
            while (!source.IsCancellationRequested)
            {
                Assert.NotEmpty(new byte[1 << 20]);
            }
        });
        GradientRecorder expected = await GrpoAsync(TestDevice.Gpu, "MedR1", 0.3, steps: 12);
        GradientRecorder actual = await GrpoAsync(TestDevice.Gpu, "MedR1", 0.3, steps: 12, computesLayersAgain: true);
        await source.CancelAsync();
        await waste;
        AssertSame(expected, actual, 1e-2);
    }

    [Fact]
    public async Task A_ppo_run_equals_that_on_the_CPU()
    {
        double[] expected = await PpoAsync(CPU);
        double[] actual = await PpoAsync(TestDevice.Gpu);
        Assert.Equal(2 * Steps, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, LossTolerance));
    }

    // An embedding's gradient is summed in a different order each time, so that even identical runs aren't equal bit for bit.
    [Theory]
    [InlineData(null)]
    [InlineData(0.3)]
    public async Task A_resumed_run_equals_an_uninterrupted_one(double? dropout)
    {
        GradientRecorder whole = await GrpoAsync(TestDevice.Gpu, "MedR1", dropout, configure: options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        });
        GradientRecorder rest = await GrpoAsync(
            TestDevice.Gpu, "MedR1", dropout, resumeFrom: Path.Combine(_folder, "step-000001"));
        Assert.Equal(Steps - 1, rest.Steps.Count);
        Assert.All(
            whole.Metrics.Skip(1).Zip(rest.Metrics),
            pair => Assert.Equal(pair.First.Values["loss"], pair.Second.Values["loss"], LossTolerance));
        Assert.InRange(GradientRecorder.Distance(whole.Steps[1], rest.Steps[0]), 0, GradientTolerance);
    }

    [Fact]
    public async Task A_checkpoint_from_a_GPU_resumes_on_the_CPU()
    {
        GradientRecorder whole = await GrpoAsync(TestDevice.Gpu, "MedR1", configure: options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        });
        GradientRecorder rest = await GrpoAsync(CPU, "MedR1", resumeFrom: Path.Combine(_folder, "step-000002"));
        Assert.InRange(GradientRecorder.Distance(whole.Steps[2], rest.Steps[0]), 0, 10 * GradientTolerance);
    }

    [Fact]
    public async Task A_step_computes_nothing_on_the_CPU()
    {
        using Qwen2VLPolicy policy = SmallQwen.Load(device: TestDevice.Gpu);
        int seen = 0;
        GradientRecorder recorder = new(policy)
        {
            MicroStep = step =>
            {
                PolicyLossInputs inputs = step.Inputs;
                Tensor?[] all =
                [
                    inputs.LogProbabilities, inputs.Mask, inputs.Advantages, inputs.OldLogProbabilities,
                    inputs.ReferenceLogProbabilities, inputs.Entropies,
                    .. policy.Parameters.Select(pair => (Tensor)pair.Value), .. policy.Parameters.Select(pair => pair.Value.grad),
                ];
                Assert.All(all.OfType<Tensor>(), tensor => Assert.True(TestDevice.Holds(tensor), $"a tensor on {tensor.device}"));
                seen += all.OfType<Tensor>().Count();
            },
        };
        await Builder(policy, "MedR1", recorder).RunAsync();

        // At least weights and gradients.
        Assert.True(seen > 2 * policy.Parameters.Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void AssertSame(GradientRecorder expected, GradientRecorder actual, double tolerance = LossTolerance)
    {
        Assert.Equal(expected.Metrics.Count, actual.Metrics.Count);
        Assert.InRange(GradientRecorder.Distance(expected.Steps[0], actual.Steps[0]), 0, GradientTolerance);
        Assert.Contains(expected.Steps[0], gradient => gradient?.Any(element => element != 0) == true);
        foreach ((StepMetrics left, StepMetrics right) in expected.Metrics.Zip(actual.Metrics))
        {
            Assert.Equal(left.Values["loss"], right.Values["loss"], tolerance);
            Assert.Equal(left.Values["grad_norm"], right.Values["grad_norm"], tolerance * Math.Max(1, left.Values["grad_norm"]));
        }
    }

    private static async Task<GradientRecorder> GrpoAsync(
        Device device, string loss, double? dropout = null, WeightQuantization quantization = WeightQuantization.None,
        bool computesLayersAgain = false, string? resumeFrom = null, Action<GrpoTrainerOptions>? configure = null,
        int steps = Steps)
    {
        using Qwen2VLPolicy whole = SmallQwen.Load(quantization, device);
        whole.Checkpointing.IsEnabled = computesLayersAgain;
        using LoraPolicy? lora = dropout is double share ? SmallQwen.Adapt(whole, share) : null;
        IVisionLanguagePolicy policy = lora is null ? whole : lora;
        GradientRecorder recorder = new(policy);
        GrpoTrainerBuilder builder = Builder(policy, loss, recorder)
            .Configure(options => options.MaxSteps = steps)
            .Configure(configure ?? (_ => { }));
        await (resumeFrom is null ? builder : builder.ResumeFrom(resumeFrom)).RunAsync();
        return recorder;
    }

    private static GrpoTrainerBuilder Builder(IVisionLanguagePolicy policy, string loss, GradientRecorder recorder) =>
        new GrpoTrainerBuilder(policy)
            .UsePrompts(SmallQwen.Prompts(6))
            .UseOrder(new SequentialOrder())
            .UseSampler(Script())
            .UseLoss(NamedLosses.Of(loss))
            .AddReward("varied", context => context.Completion.TokenCount % 5)
            .AddObserver(recorder)
            .Configure(options =>
            {
                options.GroupSize = 3;
                options.PromptsPerStep = 4;
                options.PromptsPerMicroBatch = 2;
                options.StepsPerGeneration = 1;
                options.MaxSteps = Steps;
                options.MaxNewTokens = 24;
                options.LearningRate = 1e-4;
            });

    private static async Task<double[]> PpoAsync(Device device)
    {
        using Qwen2VLPolicy policy = SmallQwen.Load(device: device);
        using PpoTrainer trainer = new PpoTrainerBuilder(policy)
            .UsePrompts(SmallQwen.Prompts(6))
            .UseOrder(new SequentialOrder())
            .UseSampler(Script())
            .AddReward("varied", context => context.Completion.TokenCount % 5)
            .Configure(options =>
            {
                options.GroupSize = 2;
                options.PromptsPerStep = 3;
                options.MaxSteps = Steps;
                options.MaxNewTokens = 24;
                options.LearningRate = 1e-4;
                options.CriticLearningRate = 1e-4;
            })
            .Build();
        TrainingReport report = await trainer.RunAsync();
        return [.. report.History.SelectMany(step => new[] { step.Values["loss"], step.Values["grad_norm"] })];
    }

    private static ScriptedSampler Script() => new(
        (prompt, sample) => Gradients.Answers[(prompt.Example!.Id[^1] + sample * 3) % Gradients.Answers.Length]);
}
