using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>When the resources of a trainer are freed that is disposed before, during or after its run.</summary>
public sealed class RunGateTests : IDisposable
{
    private static readonly TrainingReport s_report = new() { Steps = 1, Seconds = 0, SkippedSteps = 0 };
    private readonly TinyPolicy _policy = TestData.Policy();
    private readonly GrpoTrainerOptions _options = new() { ImageFeatureCacheBytes = 0 };
    private int _freed;

    public void Dispose() => _policy.Dispose();

    [Fact]
    public async Task Without_a_run_they_are_freed_at_once_and_only_once()
    {
        RunGate gate = Gate();
        gate.Close(Free);
        gate.Close(Free);
        Assert.Equal(1, _freed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gate.RunAsync(() => Task.FromResult(s_report)));
        Assert.Throws<ObjectDisposedException>(gate.RequireOpen);
    }

    [Fact]
    public async Task During_a_run_they_are_freed_when_it_ends_and_only_once()
    {
        RunGate gate = Gate();
        await gate.RunAsync(async () =>
        {
            await Task.Yield();
            gate.Close(Free);
            gate.Close(Free);
            Assert.Equal(0, _freed);
            Assert.Throws<ObjectDisposedException>(gate.RequireOpen);
            return s_report;
        });
        Assert.Equal(1, _freed);
        gate.Close(Free);
        Assert.Equal(1, _freed);
    }

    [Fact]
    public async Task A_run_that_fails_frees_them_too()
    {
        RunGate gate = Gate();
        await Assert.ThrowsAsync<FormatException>(() => gate.RunAsync(async () =>
        {
            gate.Close(Free);
            await Task.Yield();
            throw new FormatException("broken");
        }));
        Assert.Equal(1, _freed);
    }

    // The run on the policy is another trainer's, which needs nothing of this one.
    [Fact]
    public async Task During_the_run_of_another_trainer_they_are_freed_at_once()
    {
        RunGate running = Gate(), idle = Gate();
        await running.RunAsync(async () =>
        {
            await Task.Yield();
            idle.Close(Free);
            Assert.Equal(1, _freed);
            return s_report;
        });
        running.RequireOpen();
    }

    // Freeing changes the networks, so that no other run may have them yet.
    [Fact]
    public async Task They_are_freed_before_another_run_may_take_the_network()
    {
        RunGate gate = Gate(), next = Gate();
        await gate.RunAsync(async () =>
        {
            await Task.Yield();
            gate.Close(() =>
            {
                _freed++;
                Task<TrainingReport> refused = next.RunAsync(() => Task.FromResult(s_report));
                Assert.IsType<InvalidOperationException>(refused.Exception?.InnerException);
            });
            return s_report;
        });
        Assert.Equal(1, _freed);
        Assert.Equal(1, (await next.RunAsync(() => Task.FromResult(s_report))).Steps);
    }

    private RunGate Gate() => new("GrpoTrainer", _policy, _options);

    private void Free() => _freed++;
}
