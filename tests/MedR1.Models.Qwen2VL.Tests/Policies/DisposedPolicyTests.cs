using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class DisposedPolicyTests : IDisposable
{
    private readonly string _folder = Path.Combine(
        Directory.CreateTempSubdirectory("medr1-disposed-").FullName, "model");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void Every_use_of_a_disposed_policy_is_refused()
    {
        Qwen2VLPolicy policy = TinyModel.Create();
        using IKeyValueCache cache = policy.CreateCache(1, 1, 8, 8);
        policy.Dispose();
        policy.Dispose();
        AssertRefuses(policy, cache);
        Assert.Throws<ObjectDisposedException>(() => policy.CompletionStates([Group()]));
        Assert.Throws<ObjectDisposedException>(() => LoraCase.Create(policy, "two names"));
        Assert.Throws<ObjectDisposedException>(() => LoraPolicy.Load(policy, "anywhere"));
    }

    [Fact]
    public void A_disposed_adapter_is_refused_and_its_base_still_works()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        LoraPolicy lora = LoraCase.Create(policy, "two names");
        using IKeyValueCache cache = policy.CreateCache(1, 1, 8, 8);
        lora.Dispose();
        lora.Dispose();
        AssertRefuses(lora, cache);
        Assert.Throws<ObjectDisposedException>(lora.Merge);
        Assert.Throws<ObjectDisposedException>(() => lora.BeginStep(1));
        Assert.Throws<ObjectDisposedException>(() => lora.SaveMerged(_folder));
        Assert.NotEmpty(LoraCase.Score(policy));
    }

    [Fact]
    public void A_reference_over_a_disposed_base_is_refused_and_the_adapter_can_be_disposed()
    {
        Qwen2VLPolicy policy = TinyModel.Create();
        LoraPolicy lora = LoraCase.Create(policy, "two names");
        IVisionLanguagePolicy reference = lora.Reference;
        policy.Dispose();
        Assert.Throws<ObjectDisposedException>(() => LoraCase.Score(reference));
        Assert.Throws<ObjectDisposedException>(() => LoraCase.Score(lora));
        lora.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_disposed_cache_is_refused(bool byTensors)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.DecodesByTensors = byTensors;
        IKeyValueCache cache = policy.CreateCache(1, 2, 8, 8);
        using Tensor tokens = tensor(new[] { 1L });
        policy.Prefill([TinyModel.Prompt(3, 1)], [0], cache).Dispose();
        policy.Decode(tokens, [new DecodeRow(0, 0, 0)], cache).Dispose();
        cache.Dispose();
        cache.Dispose();
        Assert.Throws<ObjectDisposedException>(() => policy.Prefill([TinyModel.Prompt(3, 1)], [0], cache));
        Assert.Throws<ObjectDisposedException>(() => policy.Decode(tokens, [new DecodeRow(0, 0, 1)], cache));
        Assert.Throws<ObjectDisposedException>(() => cache.CopyRows([new RowCopy(0, 1)], 1));
    }

    private void AssertRefuses(IVisionLanguagePolicy policy, IKeyValueCache cache)
    {
        EncodedPrompt prompt = TinyModel.Prompt(3, 1);
        using Tensor tokens = tensor(new[] { 1L });
        Assert.All(
            new Action[]
            {
                () => policy.EncodeImages([prompt]),
                () => policy.CacheImageFeatures(1),
                () => policy.CreateCache(1, 1, 8, 8),
                () => policy.Prefill([prompt], [0], cache),
                () => policy.Decode(tokens, [new DecodeRow(0, 0, 0)], cache),
                () => policy.BeginDecoding(1),
                () => policy.TokenLogProbabilities([Group()], new TokenStatisticsOptions()),
                () => policy.SequenceLogProbabilities([prompt]),
                () => policy.CloneFrozen(),
                () => policy.CreateReference(),
                () => policy.SharesVisionWith(policy),
                () => policy.Save(_folder),
            },
            use => Assert.Throws<ObjectDisposedException>(use));
    }

    private static PackedGroup Group() => new(TinyModel.Prompt(3, 1), [TinyModel.Words(2, 2)]);
}
