using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run saved after the second of eight steps, and the refusals to resume it.</summary>
public abstract class ChangedRunTests : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("medr1-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected GrpoTrainerBuilder Builder(TinyPolicy policy, Action<GrpoTrainerOptions> configure, IPolicyLoss? loss = null) =>
        Runs.Small(policy, options =>
        {
            options.OutputFolder = Folder;
            configure(options);
        }, loss);

    private protected async Task SaveAsync(Action<GrpoTrainerOptions>? configure = null, IPolicyLoss? loss = null)
    {
        using TinyPolicy policy = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Builder(policy, configure ?? (_ => { }), loss)
            .AddObserver(new BrokenParts(nameof(IRolloutObserver.OnGradients), 3, () => new FormatException("broken"))).RunAsync());
    }

    private protected CheckpointException Refusal(
        Action<GrpoTrainerOptions> configure, Action<GrpoTrainerBuilder>? more = null, IPolicyLoss? loss = null, string from = "")
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = Builder(policy, configure, loss).ResumeFrom(Path.Combine(Folder, from));
        more?.Invoke(builder);
        return Assert.Throws<CheckpointException>(builder.Build);
    }

    private protected static string[] Differences(CheckpointException exception)
    {
        Assert.Contains($"belongs to another run: {string.Join("; ", exception.Differences)}. Restore them", exception.Message);
        return [.. exception.Differences];
    }
}
