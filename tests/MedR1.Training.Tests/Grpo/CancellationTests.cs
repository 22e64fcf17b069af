using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelling_ends_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = Runs.Scripted(policy)
            .AddObserver(new AtStep(1, source.Cancel)).Configure(options => options.MaxSteps = 100).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
    }

    // Two iterations need the old log-probabilities, which take a pass for each of the two prompts. The second one is not made.
    [Fact]
    public async Task Cancelling_ends_the_run_between_the_passes_for_old_log_probabilities()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        PassRecorder passes = new(policy) { OnPass = source.Cancel };
        using GrpoTrainer trainer = Runs.Scripted(passes)
            .Configure(options => (options.Iterations, options.PromptsPerMicroBatch) = (2, 1)).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));

        Assert.Single(passes.Passes);
    }
}
