using System.Text.Json.Nodes;
using MedR1.Datasets;
using MedR1.Imaging;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Rewards;
using MedR1.Sampling;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>
/// Covers possible faults of checkpoints, questions, images, rewards and data, through public calls on the shipped checkpoint:
/// each gives an exception with the value and the fix. The tests of the writers cover full disks.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly string Base = Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base");
    private readonly string _work = Directory.CreateTempSubdirectory("medr1-bad-input-").FullName;

    private string Weights => Path.Combine(_work, "model.safetensors");

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public void A_truncated_weight_file()
    {
        CopyBase();
        long whole = new FileInfo(Weights).Length;
        using (FileStream file = File.OpenWrite(Weights))
        {
            file.SetLength(whole / 2);
        }

        SafetensorsFormatException error = Assert.Throws<SafetensorsFormatException>(() => Qwen2VLPolicy.Load(_work));
        AssertSays(error, Weights, "follow the header");
    }

    [Fact]
    public void A_missing_tensor_and_one_of_a_wrong_shape()
    {
        CopyBase();
        using (DisposeScope scope = NewDisposeScope())
        {
            Dictionary<string, Tensor> tensors = SafetensorsFile.Load(Weights);
            tensors.Remove("model.norm.weight");
            tensors["visual.merger.ln_q.bias"] = zeros(7);
            SafetensorsFile.Save(Weights, tensors);
        }

        CheckpointMismatchException error = Assert.Throws<CheckpointMismatchException>(() => Qwen2VLPolicy.Load(_work));
        Assert.Equal(["model.norm.weight"], error.Missing);
        AssertSays(error, "model.norm.weight", "visual.merger.ln_q.bias: [7] instead of [96]");
    }

    [Theory]
    [InlineData("hidden_size", null, "hidden_size")]
    [InlineData("vocab_size", "2000000000", "2000000000")]
    [InlineData("num_hidden_layers", "-3", "-3")]
    [InlineData("num_attention_heads", "5", "5")]
    [InlineData("rope_theta", "\"ten\"", "ten")]
    public void A_config_without_a_field_or_with_an_absurd_one(string field, string? value, string said)
    {
        CopyBase();
        string file = Path.Combine(_work, "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        config.Remove(field);
        if (value is not null)
        {
            config[field] = JsonNode.Parse(value);
        }

        File.WriteAllText(file, config.ToJsonString());
        AssertSays(Assert.Throws<ModelConfigurationException>(() => Qwen2VLPolicy.Load(_work)), file, field, said);
    }

    [Fact]
    public async Task Bytes_that_are_not_an_image()
    {
        string file = Path.Combine(_work, "notes.png");
        File.WriteAllText(file, "These are words.");
        InvalidPromptException error = await AskingFailsAsync("What is this?", new FileImageSource(file));
        AssertSays(error, "notes.png");
        Assert.IsType<ImageFormatException>(error.GetBaseException());
    }

    [Fact]
    public async Task An_image_that_is_far_too_narrow()
    {
        PixelImageSource line = new("line", new RgbImage(1, 100_000, new byte[300_000]));
        InvalidPromptException error = await AskingFailsAsync("What is this?", line);
        AssertSays(error, "Prompt 0 ('What is this?')", "1 x 100000", "Crop it");
        Assert.IsType<AspectRatioException>(error.GetBaseException());
    }

    // Like the reference: smart_resize enlarges it to the smallest image that the model accepts.
    [Fact]
    public async Task An_image_of_one_pixel_is_accepted() =>
        Assert.NotEmpty(await AskAsync("What is this?", new PixelImageSource("dot", new RgbImage(1, 1, new byte[] { 9, 9, 9 }))));

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    public async Task An_empty_question(string question) =>
        AssertSays(await AskingFailsAsync(question), "contain neither text nor an image; ask something");

    [Fact]
    public async Task A_prompt_beyond_the_context()
    {
        InvalidPromptException error = await AskingFailsAsync(string.Concat(Enumerable.Repeat("Which plane is this? ", 600)));
        AssertSays(error, "1024", "Shorten");
    }

    [Fact]
    public async Task Rewards_that_throw_hang_or_return_NaN()
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base);
        TrainingReport report = await Trainer(policy, stops: false)
            .AddReward("throws", context => context.Completion.SampleIndex == 0 ? throw new FormatException("no such key") : 1)
            .AddReward("nan", context => context.Completion.SampleIndex == 0 ? double.NaN : 1)
            .AddReward("hangs", async (context, token) =>
            {
                await Task.Delay(context.Completion.SampleIndex == 0 ? Timeout.Infinite : 0, token);
                return 0;
            })
            .AddReward("works", context => context.Completion.TokenCount)
            .Build().RunAsync();

        // Two prompts with two completions each: the first of each has failed rewards and is excluded, and the remaining group of
        // one has nothing to differ from.
        StepMetrics step = Assert.Single(report.History);
        Assert.Equal(0, step.Values["loss"]);
        Assert.Equal([("hangs", 2L), ("nan", 2L), ("throws", 2L)], report.RewardFailures.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal("FormatException: no such key", report.FirstRewardFailures["throws"]);
    }

    [Fact]
    public async Task A_reward_that_fails_on_everything()
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base);
        GrpoTrainer trainer = Trainer(policy, stops: false)
            .AddReward("works", context => context.Completion.TokenCount).AddReward("nan", context => double.NaN).Build();
        RewardFailureException error = await Assert.ThrowsAsync<RewardFailureException>(() => trainer.RunAsync());
        AssertSays(error, "all 4 completions", "'nan'", "Fix the reward");
    }

    [Fact]
    public async Task A_reward_that_throws_stops_the_run_if_requested()
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base);
        GrpoTrainer trainer = Trainer(policy, stops: true)
            .AddReward("throws", context => throw new FormatException("no such key")).Build();
        RewardFailureException error = await Assert.ThrowsAsync<RewardFailureException>(() => trainer.RunAsync());
        AssertSays(error, "throws", "no such key");
    }

    [Fact]
    public void A_data_set_whose_images_are_missing()
    {
        string questions = Path.Combine("QA_information", "Open-access");
        Directory.CreateDirectory(Path.Combine(_work, questions));
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(SampleProgram.Root, "data", "real-mini", questions), "*.json").Take(1)];
        File.Copy(files[0], Path.Combine(_work, questions, "all.json"));
        DatasetException error = Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_work));
        AssertSays(error, ".png");
    }

    private static GrpoTrainerBuilder Trainer(Qwen2VLPolicy policy, bool stops) => new GrpoTrainerBuilder(policy)
        .UseDataset(RealMini.LoadTrain(Path.Combine(SampleProgram.Root, "data", "real-mini")))
        .UsePrompt(new TextPromptTemplate("question", "{Question}"))
        .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }))
        .Configure(options =>
        {
            options.MaxSteps = 1;
            options.PromptsPerStep = 2;
            options.GroupSize = 2;
            options.MaxNewTokens = 4;
            options.RewardTimeout = TimeSpan.FromMilliseconds(300);
            options.StopOnRewardFailure = stops;
        });

    private static async Task<string> AskAsync(string question, params IEnumerable<IImageSource> images)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base);
        SamplingOptions options = new() { MaxNewTokens = 4, Temperature = 0 };
        List<CompletionGroup> groups =
            await new LocalSampler(policy).SampleAsync([VqaPrompt.Ask(question, images)], options).ToListAsync();
        return groups[0].Completions[0].Text;
    }

    private static Task<InvalidPromptException> AskingFailsAsync(string question, params IEnumerable<IImageSource> images) =>
        Assert.ThrowsAsync<InvalidPromptException>(() => AskAsync(question, images));

    private static void AssertSays(Exception error, params IEnumerable<string> parts) =>
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));

    private void CopyBase()
    {
        foreach (string file in Directory.EnumerateFiles(Base))
        {
            File.Copy(file, Path.Combine(_work, Path.GetFileName(file)));
        }
    }
}
