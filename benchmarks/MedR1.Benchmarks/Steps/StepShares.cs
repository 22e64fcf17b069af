using System.Globalization;
using MedR1.Benchmarks.RealShape;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling;
using MedR1.Training;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Complete GRPO steps of the trainer, including the rollout, in the library's form and in the plain form, with the share of
/// each part; ends with a table in Markdown. An initial step loads the pages of the weights and triggers compilation.
/// </summary>
internal static class StepShares
{
    private static readonly StepPart[] Parts = Enum.GetValues<StepPart>();

    /// <summary>Measures a shape.</summary>
    /// <param name="policy">The policy to train.</param>
    /// <param name="prompts">The prompts of one step.</param>
    /// <param name="configure">Sets the sizes of a step.</param>
    /// <param name="steps">The number of measured steps of each form.</param>
    /// <param name="withPlain">Whether to measure the plain form too, after the other.</param>
    /// <param name="console">Gets the table.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <returns>The times of a step in the library's form.</returns>
    public static async Task<StepTimes> RunAsync(
        IVisionLanguagePolicy policy, IReadOnlyList<VqaPrompt> prompts, Action<GrpoTrainerOptions> configure, int steps,
        bool withPlain, TextWriter console, CancellationToken cancellationToken)
    {
        List<(string Form, StepTimes Times)> rows =
            [("prompt and picture once", await MeasureAsync(policy, prompts, configure, steps, 1, false, cancellationToken))];
        if (withPlain)
        {
            rows.Add(("each completion with its own", await MeasureAsync(policy, prompts, configure, steps, 0, true, cancellationToken)));
        }

        console.Write(MarkdownTable.Write(
        [
            ["a step", "whole", .. Parts.Select(part => part.ToString().ToLowerInvariant()), "other", "memory added"],
            .. rows.Select(row => Row(row.Form, row.Times)),
        ]));
        if (withPlain)
        {
            console.WriteLine($"The plain form takes {rows[1].Times.Seconds / rows[0].Times.Seconds:F2} times as long.");
        }

        return rows[0].Times;
    }

    private static async Task<StepTimes> MeasureAsync(
        IVisionLanguagePolicy policy, IReadOnlyList<VqaPrompt> prompts, Action<GrpoTrainerOptions> configure, int steps,
        int warmUp, bool isPlain, CancellationToken cancellationToken)
    {
        StepClock clock = new(warmUp);
        TimedPolicy timed = new(policy, clock);
        LocalSampler sampler = new(timed);
        using GrpoTrainer trainer = new GrpoTrainerBuilder(isPlain ? new PlainPolicy(timed) : timed)
            .UsePrompts(prompts)
            .UseSampler(isPlain ? new PlainSampler(sampler) : sampler)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0.04 }))
            .AddReward("varied", context => context.Completion.TokenIds.Sum(token => token % 7))
            .AddObserver(clock)
            .Configure(options =>
            {
                options.PromptsPerStep = prompts.Count;
                options.MaxSteps = steps + warmUp;

                // So that every answer has the full number of tokens, in both forms.
                options.SuppressedTokenIds = [.. policy.EndTokenIds];
            })
            .Configure(configure)
            .Build();
        await trainer.RunAsync(cancellationToken);
        return clock.End();
    }

    private static string[] Row(string form, StepTimes times) =>
    [
        form, Seconds(times.Seconds),
        .. Parts.Select(times.Of).Append(times.Other).Select(part => $"{Seconds(part)} ({part / times.Seconds:P0})"),
        string.Create(CultureInfo.InvariantCulture, $"{times.AddedBytes / 1e9:F2} GB"),
    ];

    private static string Seconds(double seconds) => seconds >= 0.1
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F1} ms");
}
