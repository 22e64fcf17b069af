using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>
/// Counts the tensors that this thread made and did not dispose; finalizers of other tests don't touch that count.
/// </summary>
[Collection(nameof(LeakTests))]
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class LeakTests
{
    [Fact]
    public void A_pass_leaves_no_tensor_behind()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        PackedGroup[] groups = InvarianceTests.Mixed(2);
        Run();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Run();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Run()
        {
            using TokenStatistics statistics = policy.TokenLogProbabilities(groups, new TokenStatisticsOptions());
            using TokenStatistics sequence = policy.SequenceLogProbabilities([.. groups.Select(group => group.Prompt)]);
            using GroupDecoding decoding = new(policy, groups.Length, 2, 40, 4);
            using Tensor logits = decoding.Prefill([.. groups.Select(group => group.Prompt)]);
            using Tensor tokens = zeros(2 * groups.Length, dtype: ScalarType.Int64);
            using Tensor next = decoding.Decode(tokens);
        }
    }
}
