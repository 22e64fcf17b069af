using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Gradients of scripted steps, to compare ways of computing them.</summary>
internal static class Gradients
{
    public static readonly string[] Answers = ["A", "no", "yes it is", "B!", "hmm", "the left lung", "C", "D D"];

    /// <summary>The gradient of the first step over eight prompts with none to two images, three answers each.</summary>
    public static async Task<float[]?[]> FirstAsync(
        IPolicyLoss loss, int promptsPerMicroBatch, Func<RewardContext, double?>? reward = null,
        Action<GrpoTrainerOptions>? configure = null,
        Func<IVisionLanguagePolicy, IVisionLanguagePolicy>? wrap = null, int differentAnswers = 8)
    {
        using TinyPolicy tiny = TestData.Policy();
        IVisionLanguagePolicy policy = wrap is null ? tiny : wrap(tiny);
        GradientRecorder recorder = new(policy);
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(8))
            .UseSampler(new ScriptedSampler(
                (prompt, sample) => Answers[(prompt.Example!.Id[^1] + sample * 3) % differentAnswers]))
            .UseLoss(loss)
            .AddReward("own", reward ?? (context => context.Completion.TokenCount % 5))
            .AddObserver(recorder)
            .Configure(options =>
            {
                options.GroupSize = 3;
                options.PromptsPerStep = 8;
                options.PromptsPerMicroBatch = promptsPerMicroBatch;
                options.MaxSteps = 1;
                options.MaxNewTokens = 20;
            })
            .Configure(configure ?? (_ => { }))
            .Build();
        await trainer.RunAsync();
        return Assert.Single(recorder.Steps);
    }
}
