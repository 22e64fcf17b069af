using MedR1.Testing;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

public sealed class MemoryTests
{
    private static readonly SamplingOptions Options = new()
    {
        SamplesPerPrompt = 2,
        MaxNewTokens = 6,
        TopK = 20,
        TopP = 0.9,
        MinP = 0.01,
        RepetitionPenalty = 1.2,
        MinNewTokens = 2,
    };

    [Fact]
    public void A_call_leaves_no_tensor()
    {
        // Statistics are kept for each thread, so that tests beside this one don't count; a call computes on its own
        // thread.
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MostRows = 4 });
        Draw(sampler, int.MaxValue);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            Draw(sampler, int.MaxValue);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_call_that_is_abandoned_leaves_no_tensor()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MostRows = 4 });
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Draw(sampler, 1);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_scope_of_the_caller_that_ends_between_groups_does_no_harm()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy);
        IAsyncEnumerator<CompletionGroup> groups = sampler.SampleAsync(Samples.Mixed, Options).GetAsyncEnumerator();
        int count = 0;
        while (Next(groups))
        {
            count++;
        }

        Assert.Equal(4, count);
        Assert.True(is_grad_enabled());

        static bool Next(IAsyncEnumerator<CompletionGroup> groups)
        {
            using DisposeScope scope = NewDisposeScope();
            return groups.MoveNextAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Draw(LocalSampler sampler, int most)
    {
        // Everything completes synchronously, on this thread.
        ValueTask<int> count = sampler.SampleAsync(Samples.Mixed, Options).Take(most).CountAsync();
        Assert.True(count.IsCompletedSuccessfully);
    }
}
