using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using MedR1.Training;

namespace MedR1.Samples.Comparison;

/// <summary>
/// The supervised cold start of the method with thinking. It teaches the form of thinking to a model that was never asked to think, and
/// nothing about the answers: the thought names the kind of image and of question, as given by the data, and the answer after it is what
/// the model itself gives when it isn't asked to think.
/// </summary>
internal static class ColdStart
{
    private const int MostSteps = 200;
    private const double LearningRate = 5e-4;
    private const int AnswersAtOnce = 128;

    /// <summary>Optimizer steps of the cold start, in addition to those of the method.</summary>
    public static int StepsBefore(int steps) => Math.Min(steps, MostSteps);

    public static async Task RunAsync(
        Method method, Qwen2VLPolicy policy, IVqaDataset data, int steps, int seed, CancellationToken cancellationToken)
    {
        List<string> answers = [];
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = AnswersAtOnce });
        SamplingOptions greedy = new() { Temperature = 0, MaxNewTokens = Method.Grpo.MaxNewTokens };
        await foreach (CompletionGroup group in sampler.SampleAsync(
            [.. data.Select(Method.Grpo.Template.Format)], greedy, cancellationToken))
        {
            answers.Add(group.Completions[0].Text);
        }

        using SftTrainer trainer = new SftTrainerBuilder(policy)
            .UseExamples([.. data.Zip(answers, (example, answer) => SupervisedExample.Answer(
                method.Template.Format(example), $"<think>{Thought(example)}</think>{answer}"))])
            .Configure(options =>
            {
                options.MaxSteps = StepsBefore(steps);
                options.Seed = seed;
                options.LearningRate = LearningRate;
                options.Schedule = LearningRateDecay.Linear;
                options.ExamplesPerStep = ComparisonSettings.PromptsPerStep;
                options.ExamplesPerMicroBatch = ComparisonSettings.PromptsPerStep;
            })
            .Build();
        await trainer.RunAsync(cancellationToken);
    }

    /// <summary>The thought about a question before its answer; empty if its kind isn't known.</summary>
    public static string Thought(VqaExample example) => string.Join(
        ' ',
        (string[])[
            .. example.Modality is ImagingModality modality ? (string[])[$"The picture is {modality.Value}."] : [],
            .. example.QuestionType is QuestionType type ? (string[])[$"The question is about {type.Value}."] : [],
        ]);
}
