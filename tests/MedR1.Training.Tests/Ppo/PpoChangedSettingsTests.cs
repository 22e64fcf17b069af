using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A PPO run also resumes with its critic's settings and its targets, or with others only on purpose.</summary>
public sealed class PpoChangedSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Settings_of_the_critic_and_the_targets_are_compared_and_may_be_changed()
    {
        using TinyPolicy first = TestData.Policy();
        await Builder(first, _ => { }).RunAsync();

        using TinyPolicy second = TestData.Policy();
        CheckpointException exception = Assert.Throws<CheckpointException>(() => Changed(second).Build());
        Assert.Equal(
            [
                "loss.ValueCoefficient was 0.1 and is 0.5", "loss.ValueClip was 0.2 and is none", "targets.Lambda was 0.95 and is 0.9",
                "targets.Whiten was true and is false", "CriticLearningRate was 0.01 and is 0.02", "TruncationPenalty was 0 and is 0.5",
            ],
            exception.Message.Split("belongs to another run: ")[1].Split(". Restore them")[0].Split("; "));
        Assert.EndsWith(".AllowChangedSettings(\"loss\", \"targets\", \"CriticLearningRate\", \"TruncationPenalty\").", exception.Message);

        Changed(second).AllowChangedSettings("loss", "targets", "CriticLearningRate", "TruncationPenalty").Build().Dispose();
        using TinyPolicy third = TestData.Policy();
        Builder(third, _ => { }).ResumeFrom(_folder).Build().Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PpoTrainerBuilder Changed(TinyPolicy policy) =>
        Builder(policy, options => (options.CriticLearningRate, options.TruncationPenalty) = (0.02, 0.5))
            .UseLoss(PpoLossOptions.LanguageModel with { ValueCoefficient = 0.5, ValueClip = null })
            .UseTargets(PpoTargetOptions.LanguageModel with { Lambda = 0.9, Whiten = false })
            .ResumeFrom(_folder);

    private PpoTrainerBuilder Builder(TinyPolicy policy, Action<PpoTrainerOptions> configure) => PpoRuns.Small(policy, options =>
    {
        (options.MaxSteps, options.OutputFolder) = (1, _folder);
        configure(options);
    });
}
