using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Training.Tests;

/// <summary>An adapter run resumed from any of its checkpoints equals an uninterrupted one, bit for bit.</summary>
public sealed class AdapterResumeTests : IDisposable
{
    private const int Steps = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-adapter-").FullName;
    private Qwen2VLPolicy _base = SmallQwen.Load();

    [Theory]
    [InlineData(0.0, false, false, WeightQuantization.None)]
    [InlineData(0.3, false, false, WeightQuantization.None)]
    [InlineData(0.3, true, false, WeightQuantization.None)]
    [InlineData(0.3, false, true, WeightQuantization.None)]
    [InlineData(0.3, false, true, WeightQuantization.DecoderAndVision)]
    public async Task A_grpo_run(
        double dropout, bool movesReference, bool recomputesLayers, WeightQuantization quantization)
    {
        Take(quantization);
        _base.Checkpointing.IsEnabled = recomputesLayers;
        GrpoTrainerBuilder Builder(LoraPolicy lora) => new GrpoTrainerBuilder(lora)
            .UsePrompts(SmallQwen.Prompts(5))
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
            .AddReward("varied", context => context.Completion.TokenIds.Sum() % 7)
            .Configure(options =>
            {
                options.GroupSize = 3;
                options.PromptsPerStep = 2;
                options.PromptsPerMicroBatch = 1;
                options.StepsPerGeneration = 2;
                options.Iterations = 2;
                options.MaxSteps = Steps;
                options.MaxNewTokens = 5;
                options.LearningRate = 0.01;
                options.ReferenceSync = movesReference ? new ReferenceSyncOptions { Interval = 2 } : null;
            });

        await AssertResumesAsync(
            dropout,
            lora => Builder(lora).Configure(options =>
            {
                options.OutputFolder = _folder;
                options.SaveInterval = 1;
            }).RunAsync(),
            (lora, checkpoint) => Builder(lora).ResumeFrom(checkpoint).RunAsync());
    }

    [Theory]
    [InlineData(WeightQuantization.None)]
    [InlineData(WeightQuantization.Decoder)]
    public async Task A_supervised_run(WeightQuantization quantization)
    {
        Take(quantization);
        SupervisedExample[] examples =
            [.. SmallQwen.Prompts(5).Select((prompt, index) => SupervisedExample.Answer(prompt, $"It is {index}."))];
        SftTrainerBuilder Builder(LoraPolicy lora) =>
            new SftTrainerBuilder(lora).UseExamples(examples).Configure(options =>
            {
                options.ExamplesPerStep = 4;
                options.ExamplesPerMicroBatch = 2;
                options.MaxSteps = Steps;
                options.LearningRate = 0.01;
            });

        await AssertResumesAsync(
            0.3,
            async lora =>
            {
                using SftTrainer trainer = Builder(lora).Configure(options =>
                {
                    options.OutputFolder = _folder;
                    options.SaveInterval = 1;
                }).Build();
                return await trainer.RunAsync();
            },
            async (lora, checkpoint) =>
            {
                using SftTrainer trainer = Builder(lora).ResumeFrom(checkpoint).Build();
                return await trainer.RunAsync();
            });
    }

    [Theory]
    [InlineData(0.3, 6, "5", "6")]
    [InlineData(0.0, 5, "5", "none")]
    public async Task A_different_seed_of_dropout_or_none_is_refused(double dropout, long seed, string was, string isNow)
    {
        using (LoraPolicy first = SmallQwen.Adapt(_base, 0.3))
        using (SftTrainer trainer = OneStep(first).Build())
        {
            await trainer.RunAsync();
        }

        using LoraPolicy other = SmallQwen.Adapt(_base, dropout, seed);
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => OneStep(other).ResumeFrom(_folder).Build());

        Assert.Contains($"seed of dropout was {was} and is {isNow}", exception.Message);
    }

    // Two layers of seven matrices each.
    [Fact]
    public async Task A_base_of_different_precision_is_refused()
    {
        using (LoraPolicy whole = SmallQwen.Adapt(_base, 0))
        using (SftTrainer trainer = OneStep(whole).Build())
        {
            await trainer.RunAsync();
        }

        Take(WeightQuantization.Decoder);
        using LoraPolicy quantized = SmallQwen.Adapt(_base, 0);
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => OneStep(quantized).ResumeFrom(_folder).Build());

        Assert.Contains("matrices in 8 bits was 0 and is 14", exception.Message);
    }

    public void Dispose()
    {
        _base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private SftTrainerBuilder OneStep(LoraPolicy lora) => new SftTrainerBuilder(lora)
        .UseExamples([SupervisedExample.Answer(SmallQwen.Prompts(1)[0], "A")])
        .Configure(options =>
        {
            options.MaxSteps = 1;
            options.OutputFolder = _folder;
        });

    private void Take(WeightQuantization quantization)
    {
        _base.Dispose();
        _base = SmallQwen.Load(quantization);
    }

    private async Task AssertResumesAsync(
        double dropout, Func<LoraPolicy, Task<TrainingReport>> runWhole,
        Func<LoraPolicy, string, Task<TrainingReport>> resume)
    {
        TrainingReport straight;
        float[][] expected;
        using (LoraPolicy whole = SmallQwen.Adapt(_base, dropout))
        {
            float[][] before = TestData.Weights(whole);
            straight = await runWhole(whole);
            expected = TestData.Weights(whole);
            Assert.Contains(expected.Zip(before), pair => !pair.First.SequenceEqual(pair.Second));
        }

        for (int step = 1; step < Steps; step++)
        {
            using LoraPolicy rest = SmallQwen.Adapt(_base, dropout);
            TrainingReport report = await resume(rest, Path.Combine(_folder, $"step-{step:D6}"));
            Assert.Equal(expected, TestData.Weights(rest));
            Assert.Equal(straight.History.Skip(step).Select(Runs.Untimed), report.History.Select(Runs.Untimed));
        }
    }
}
