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
    public void A_call_leaves_no_tensor_behind()
    {
        // Statistics are kept per thread, so that concurrent tests don't count; a call computes on its own
        // thread.
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 4 });
        Draw(sampler, int.MaxValue);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            Draw(sampler, int.MaxValue);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void An_abandoned_call_leaves_no_tensor_behind()
    {
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 4 });
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Draw(sampler, 1);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_image_features_of_a_finished_prompt_are_freed()
    {
        // One completion at a time, each with a different image: the same number of tensors is alive between any two groups.
        using TinyPolicy policy = Samples.Policy();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 1 });
        VqaPrompt[] prompts = [.. Enumerable.Range(0, 8).Select(shade => VqaPrompt.Ask(
            "What?", new PixelImageSource($"{shade}", new RgbImage(8, 8, Enumerable.Repeat((byte)(shade * 30), 192).ToArray()))))];
        IAsyncEnumerator<CompletionGroup> groups = sampler.SampleAsync(
            prompts, new SamplingOptions { SamplesPerPrompt = 1, MaxNewTokens = 3, EndTokenIds = [] }).GetAsyncEnumerator();
        List<long> alive = [];
        while (Next(groups))
        {
            alive.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Equal(8, alive.Count);
        Assert.Single(alive.Skip(1).SkipLast(2).Distinct());

        static bool Next(IAsyncEnumerator<CompletionGroup> groups) => groups.MoveNextAsync().AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public void A_dispose_scope_of_the_caller_may_end_between_groups()
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
