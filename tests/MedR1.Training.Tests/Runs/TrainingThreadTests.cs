using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class TrainingThreadTests
{
    // For example, of an evaluation that did not await all its work, while the run waits for a lock in the middle of a step.
    [Fact]
    public async Task Callbacks_run_in_the_waits_of_user_code_only()
    {
        bool[] called = await TrainingThread.RunAsync(() =>
        {
            List<bool> called = [];
            bool isCalled = false;
            SynchronizationContext.Current!.Post(_ => isCalled = true, null);
            called.Add(IsCalledInWait());
            using (TrainingThread.AllowBlocking())
            {
                called.Add(IsCalledInWait());
                isCalled = false;
                SynchronizationContext.Current.Post(_ => isCalled = true, null);
            }

            called.Add(IsCalledInWait());
            return Task.FromResult(called.ToArray());

            bool IsCalledInWait()
            {
                using ManualResetEvent never = new(false);
                never.WaitOne(50);
                return isCalled;
            }
        }).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal([false, true, false], called);
    }

    [Fact]
    public void No_other_thread_needs_permission() => Assert.Null(TrainingThread.AllowBlocking());

    [Fact]
    public async Task A_loss_may_block_on_asynchronous_code()
    {
        BlockingLoss loss = new();
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.MaxSteps = 2, loss).RunAsync().WaitAsync(TimeSpan.FromMinutes(1));

        // Each step is one pass.
        Assert.Equal(2, loss.Waits);
    }

    private sealed class BlockingLoss : IPolicyLoss
    {
        private readonly GrpoLoss _loss = new(GrpoLossOptions.MedR1 with { KlCoefficient = 0 });

        public int Waits { get; private set; }

        public bool RequiresReference => false;

        public PolicyLossResult Compute(PolicyLossInputs inputs)
        {
            WaitAsync().Wait();
            return _loss.Compute(inputs);
        }

        private async Task WaitAsync()
        {
            await Task.Delay(1);
            Waits++;
        }
    }
}
