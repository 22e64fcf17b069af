using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Disposing a trainer while it runs frees nothing that the run uses, and loses no step.</summary>
public sealed class DisposedDuringRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-disposed-").FullName;

    [Fact]
    public async Task A_run_ends_after_the_step_in_which_its_trainer_is_disposed_and_resumes_bit_for_bit()
    {
        using TinyPolicy whole = TestData.Policy();
        await Runs.Small(whole, _ => { }).RunAsync();

        GrpoTrainer? trainer = null;
        using TinyPolicy policy = TestData.Policy();
        trainer = Runs.Small(policy, options => options.OutputFolder = _folder)
            .AddObserver(new AtGradients(3, () => trainer!.Dispose())).Build();
        Exception exception = await Assert.ThrowsAsync<ObjectDisposedException>(() => trainer.RunAsync());

        Assert.Contains("was disposed during its run", exception.Message);
        Assert.Equal(Path.Combine(_folder, "step-000003"), TrainingFailure.Of(exception)!.Checkpoint);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => trainer.RunAsync());
        trainer.Dispose();

        using TinyPolicy next = TestData.Policy();
        await Runs.Small(next, _ => { }).ResumeFrom(_folder).RunAsync();
        Assert.Equal(TestData.Weights(whole), TestData.Weights(next));
    }

    [Fact]
    public async Task A_critic_and_its_optimizer_live_as_long_as_the_run()
    {
        PpoTrainer? trainer = null;
        using TinyPolicy policy = TestData.Policy();
        trainer = PpoRuns.Small(policy, options => options.OutputFolder = _folder)
            .AddObserver(new AtGradients(2, () => trainer!.Dispose())).Build();

        Exception exception = await Assert.ThrowsAsync<ObjectDisposedException>(() => trainer.RunAsync());

        Assert.Equal(Path.Combine(_folder, "step-000002"), TrainingFailure.Of(exception)!.Checkpoint);
    }

    [Fact]
    public async Task The_last_step_still_ends_the_run()
    {
        SftTrainer? trainer = null;
        using TinyPolicy policy = TestData.Policy();
        trainer = new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4))
            .Configure(options => (options.ExamplesPerStep, options.MaxSteps) = (2, 3))
            .AddObserver(new AtGradients(3, () => trainer!.Dispose())).Build();

        Assert.Equal(3, (await trainer.RunAsync()).Steps);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class AtGradients(long at, Action action) : IRolloutObserver, ISftObserver
    {
        public void OnGradients(long step)
        {
            if (step == at)
            {
                action();
            }
        }
    }
}
