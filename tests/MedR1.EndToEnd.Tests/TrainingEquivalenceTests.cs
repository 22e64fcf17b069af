using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Training;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>
/// On the shipped checkpoint with pictures of noise: a pass over prompts of different pictures, or none, gives the gradient of passes over
/// each alone.
/// </summary>
public sealed class TrainingEquivalenceTests
{
    // The largest difference relative to the largest gradient: float32 sums in another order, four layers deep.
    private const double Tolerance = 1e-4;
    private static readonly string Base = Path.Combine(SampleProgram.Root, "samples", "QuickStart", "base");
    private static readonly IPromptTemplate Template = new TextPromptTemplate("question", "{Question} Answer with an option.");

    [Fact]
    public async Task Two_pictures_of_different_sizes_in_a_pass_are_two_passes_of_one() =>
        await AssertSameAsync([Prompt("CT(Computed Tomography)", 112, 84), Prompt("X-Ray", 56, 140)]);

    [Fact]
    public async Task Rows_with_pictures_and_rows_of_text_alone_mix() =>
        await AssertSameAsync([Prompt("X-Ray", 84, 84), TextPrompt("Which plane is this, axial or coronal?"), Prompt("X-Ray", 112, 56), TextPrompt("Is it bone?")]);

    private static async Task AssertSameAsync(VqaPrompt[] prompts)
    {
        Dictionary<string, float[]> together = await GradientAsync(prompts, prompts.Length);
        Dictionary<string, float[]> alone = await GradientAsync(prompts, 1);
        Assert.Equal(together.Keys, alone.Keys);
        double largest = together.Values.SelectMany(values => values).Max(Math.Abs);
        Assert.True(largest > 0);
        Assert.All(together, pair => Assert.InRange(
            pair.Value.Zip(alone[pair.Key], (left, right) => Math.Abs(left - right)).Max() / largest, 0, Tolerance));
    }

    private static async Task<Dictionary<string, float[]>> GradientAsync(VqaPrompt[] prompts, int promptsPerMicroStep)
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(Base);
        GradientObserver observer = new(policy);
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(prompts)
            .UseOrder(new SequentialOrder())
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
            .AddReward("varied", context => context.Completion.TokenIds.Sum() % 7)
            .AddObserver(observer)
            .Configure(options =>
            {
                options.MaxSteps = 1;
                options.GroupSize = 3;
                options.PromptsPerStep = prompts.Length;
                options.PromptsPerMicroStep = promptsPerMicroStep;
                options.MaxNewTokens = 10;
                options.Temperature = 1.5;
            })
            .Build();
        await trainer.RunAsync();
        return observer.Gradients;
    }

    private static VqaPrompt Prompt(string name, int width, int height)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(width * 1000 + height).NextBytes(pixels);
        PixelImageSource picture = new(name, new RgbImage(width, height, pixels));
        return Template.Format(new VqaExample { Id = name, Question = $"Is this a {name}?", Answer = "Yes", Images = [picture] });
    }

    private static VqaPrompt TextPrompt(string question) =>
        Template.Format(new VqaExample { Id = question, Question = question, Answer = "Yes" });

    private sealed class GradientObserver(IVisionLanguagePolicy policy) : ITrainingObserver
    {
        public Dictionary<string, float[]> Gradients { get; } = [];

        public void OnGradients(long step)
        {
            foreach ((string name, Tensor parameter) in policy.Parameters.Select(pair => (pair.Key, (Tensor)pair.Value)))
            {
                using Tensor? gradient = parameter.grad;
                if (gradient is not null)
                {
                    Gradients[name] = gradient.cpu().contiguous().data<float>().ToArray();
                }
            }
        }
    }
}
