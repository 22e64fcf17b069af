using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>
/// Counts the tensors that this thread created and did not dispose; finalizers of other tests don't affect that count.
/// </summary>
[Collection(nameof(LeakTests))]
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class LeakTests
{
    // A parameter of the policy is disposed, to simulate running out of memory in the middle of copying.
    [Fact]
    public void A_copy_that_fails_leaves_no_tensor_behind()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Parameters[^1].Value.Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.ThrowsAny<Exception>(policy.CloneFrozen);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_copy_of_an_adapter_that_fails_leaves_no_tensor_behind()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "two names");
        lora.AdapterParameters[^1].Value.Dispose();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.ThrowsAny<Exception>(lora.CloneFrozen);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    // Names and shapes are right; that libtorch has no such data type is noticed only on reading.
    [Fact]
    public void An_adapter_that_cannot_be_read_leaves_no_tensor_behind()
    {
        string folder = Directory.CreateTempSubdirectory("medr1-lora-").FullName;
        try
        {
            using Qwen2VLPolicy policy = TinyModel.Create();
            using (LoraPolicy lora = LoraCase.Create(policy, "two names"))
            {
                lora.Save(folder);
            }

            string file = Path.Combine(folder, "adapter_model.safetensors");
            byte[] content = File.ReadAllBytes(file);
            int header = content.AsSpan().IndexOf("\"F32\""u8);
            "\"U32\""u8.CopyTo(content.AsSpan(header));
            File.WriteAllBytes(file, content);
            long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            Assert.Throws<LoraException>(() => LoraPolicy.Load(policy, folder));
            Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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
