using MedR1.Datasets;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using MedR1.Training;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>
/// Compares the shipped checkpoint on GPU and CPU. Needs a libtorch with CUDA (docs/native-runtime.md):
/// <c>dotnet test tests/MedR1.EndToEnd.Tests --filter Device=Gpu</c>.
/// </summary>
[Trait("Device", "Gpu")]
public sealed class GpuTests
{
    // Float32 sums in a different order, through four layers.
    private const double Tolerance = 1e-3;
    private static readonly string Base = Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base");
    private static readonly IPromptTemplate Template = new TextPromptTemplate("question", "{Question} Answer with an option.");

    [Theory]
    [InlineData(WeightQuantization.None)]
    [InlineData(WeightQuantization.DecoderAndVision)]
    public void Log_probabilities_equal_those_of_the_CPU(WeightQuantization quantization)
    {
        using Qwen2VLPolicy host = Qwen2VLPolicy.Load(Base, quantization: quantization);
        using Qwen2VLPolicy device = Qwen2VLPolicy.Load(Base, TestDevice.Gpu, quantization: quantization);
        PackedGroup[] groups = [.. Questions(6).Select(example => new PackedGroup(
            host.Processor.Encode(Template.Format(example)),
            [.. example.Options.Select(option => host.Processor.EncodeCompletion($"<answer>{option}</answer>"))]))];
        float[] expected = Score(host, groups);
        float[] actual = Score(device, groups);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Theory]
    [InlineData(WeightQuantization.None)]
    [InlineData(WeightQuantization.DecoderAndVision)]
    public async Task Completions_have_the_log_probabilities_of_the_training_forward_pass(WeightQuantization quantization)
    {
        using Qwen2VLPolicy device = Qwen2VLPolicy.Load(Base, TestDevice.Gpu, quantization: quantization);
        SamplingOptions options = new() { SamplesPerPrompt = 4, MaxNewTokens = 24, Seed = 5 };
        VqaPrompt[] prompts = [.. Questions(6).Select(Template.Format)];
        await foreach (CompletionGroup group in new LocalSampler(device).SampleAsync(prompts, options))
        {
            float[] expected = Score(device,
                [new PackedGroup(device.Processor.Encode(group.Prompt), [.. group.Completions.Select(one => one.TokenIds)])]);
            int width = expected.Length / group.Completions.Count;
            for (int row = 0; row < group.Completions.Count; row++)
            {
                Completion completion = group.Completions[row];
                for (int token = 0; token < completion.TokenCount; token++)
                {
                    Assert.Equal(expected[row * width + token], completion.LogProbabilities![token], Tolerance);
                }
            }
        }
    }

    // A logit of about 10 has a rounding error of 0.03 in bfloat16, and each of four layers rounds before it.
    [Fact]
    public void Bfloat16_log_probabilities_are_close_to_those_of_the_CPU_in_float32()
    {
        using Qwen2VLPolicy host = Qwen2VLPolicy.Load(Base, dataType: ScalarType.Float32);
        using Qwen2VLPolicy device = Qwen2VLPolicy.Load(Base, TestDevice.Gpu, ScalarType.BFloat16);
        PackedGroup[] groups = [.. Questions(6).Select(example => new PackedGroup(
            host.Processor.Encode(Template.Format(example)),
            [.. example.Options.Select(option => host.Processor.EncodeCompletion($"<answer>{option}</answer>"))]))];
        float[] expected = Score(host, groups);
        float[] actual = Score(device, groups);
        Assert.Equal(expected.Length, actual.Length);
        double[] errors = [.. expected.Zip(actual, (left, right) => (double)Math.Abs(left - right))];
        Assert.InRange(errors.Average(), 0, 0.05);
        Assert.InRange(errors.Max(), 0, 0.5);
    }

    [Fact]
    public async Task Greedy_bfloat16_answers_have_the_likeliest_tokens_of_the_training_forward_pass()
    {
        using Qwen2VLPolicy device = Qwen2VLPolicy.Load(Base, TestDevice.Gpu, ScalarType.BFloat16);
        SamplingOptions options = new() { MaxNewTokens = 24, Temperature = 0 };
        VqaPrompt[] prompts = [.. Questions(6).Select(Template.Format)];
        List<CompletionGroup> groups = await new LocalSampler(device).SampleAsync(prompts, options).ToListAsync();
        List<CompletionGroup> again = await new LocalSampler(device).SampleAsync(prompts, options).ToListAsync();
        Assert.Equal(prompts.Length, groups.Count);
        Assert.All(groups.Zip(again), pair => Assert.Equal(pair.First.Completions[0].TokenIds, pair.Second.Completions[0].TokenIds));
        foreach (CompletionGroup group in groups)
        {
            Completion completion = group.Completions[0];
            Assert.NotEmpty(completion.TokenIds);
            float[] expected = Score(device, [new PackedGroup(device.Processor.Encode(group.Prompt), [completion.TokenIds])]);
            Assert.All(expected.Zip(completion.LogProbabilities!), pair => Assert.Equal(pair.First, pair.Second, 0.25));
        }
    }

    [Fact]
    public async Task Training_gives_the_losses_of_the_CPU()
    {
        double[] host = await TrainAsync(CPU);
        double[] device = await TrainAsync(TestDevice.Gpu);
        Assert.All(host.Zip(device), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    // Trained on given answers, so that no different sample separates the two.
    private static async Task<double[]> TrainAsync(Device device)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base, device);
        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples([.. Questions(16).Select(
                example => SupervisedExample.Answer(Template.Format(example), $"<answer>{example.Answer}</answer>"))])
            .Configure(options =>
            {
                options.MaxSteps = 4;
                options.ExamplesPerStep = 8;
                options.LearningRate = 1e-4;
            })
            .Build();
        TrainingReport report = await trainer.RunAsync();
        return [.. report.History.Select(step => step.Values["loss"])];
    }

    private static float[] Score(Qwen2VLPolicy policy, IReadOnlyList<PackedGroup> groups)
    {
        using IDisposable noGradient = no_grad();
        using TokenStatistics statistics = policy.TokenLogProbabilities(groups, new TokenStatisticsOptions());
        using Tensor values = statistics.LogProbabilities.cpu();
        return values.data<float>().ToArray();
    }

    private static IEnumerable<VqaExample> Questions(int count) =>
        RealMini.LoadTrain(Path.Combine(SampleProgram.Root, "data", "real-mini")).Take(count);
}
