using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class LoraPolicyTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("medr1-lora-").FullName;

    private string Folder => Path.Combine(_root, "adapter");

    public static TheoryData<string> Kinds => LoraCase.Names;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_new_adapter_changes_nothing(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        float[] before = LoraCase.Score(policy);
        using LoraPolicy lora = LoraPolicy.Create(policy, LoraCase.Kinds[kind], seed: 1);
        TinyModel.Near(before, LoraCase.Score(lora));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_adapter_acts_when_enabled_and_changes_nothing_when_disabled(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        float[] before = LoraCase.Score(policy);
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        float[] on = LoraCase.Score(lora);
        Assert.True(LoraCase.Distance(before, on) > 1e-3);
        Assert.Equal(before, LoraCase.Score(policy));
        Assert.Equal(before, LoraCase.Score(lora.Reference));
        lora.IsEnabled = false;
        Assert.Equal(before, LoraCase.Score(lora));
        lora.IsEnabled = true;
        Assert.Equal(on, LoraCase.Score(lora));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Merging_gives_the_same_and_unmerging_restores_every_bit(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        float[] off = LoraCase.Score(policy);
        float[] on = LoraCase.Score(lora);
        lora.Merge();
        TinyModel.Near(on, LoraCase.Score(lora), 1e-4);
        Assert.Equal(off, LoraCase.Score(policy));
        lora.Unmerge();
        Assert.Equal(on, LoraCase.Score(lora));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_written_adapter_is_read_bit_for_bit(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        lora.Save(Folder);
        using LoraPolicy read = LoraPolicy.Load(policy, Folder);
        Assert.Equal(lora.AdapterParameters.Select(pair => pair.Key), read.AdapterParameters.Select(pair => pair.Key));
        Assert.Equal(LoraCase.Score(lora), LoraCase.Score(read));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_merged_checkpoint_needs_no_adapter(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, kind);
        if (kind == "head")
        {
            // B's bias at lm_head, which has none.
            Assert.StartsWith(
                "lm_head has no bias", Assert.Single(Assert.Throws<LoraException>(() => lora.SaveMerged(Folder)).Errors));
            return;
        }

        lora.SaveMerged(Folder);
        using Qwen2VLPolicy merged = Qwen2VLPolicy.Load(Folder);
        TinyModel.Near(LoraCase.Score(lora), LoraCase.Score(merged), 1e-4);
        Assert.False(lora.IsMerged);
    }

    // o_proj and lm_head have no bias of their own. bfloat16 keeps 8 bits, and log-probabilities of 4 to 8 have steps of 2^-5.
    [Fact]
    public void A_bias_of_B_is_merged_in_the_type_of_the_weights_also_where_the_layer_has_none()
    {
        using Qwen2VLPolicy policy = TinyModel.Create(dataType: ScalarType.BFloat16);
        using LoraPolicy lora = LoraPolicy.Create(
            policy, new LoraOptions { TargetModules = ModuleSelection.Of("o_proj", "lm_head"), UpHasBias = true }, seed: 1);
        LoraCase.Stir(lora);
        float[] on = LoraCase.Score(lora);
        lora.Merge();
        TinyModel.Near(on, LoraCase.Score(lora), 0.1);
    }

    // 2³¹ rows of 32 numbers are 256 GiB; a smaller rank may need what the layers before take.
    [Fact]
    public void An_adapter_that_does_not_fit_the_memory_leaves_nothing_behind()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        long alive = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        LoraOptions options = new() { RankPattern = [KeyValuePair.Create("v_proj", int.MaxValue)] };
        Assert.ThrowsAny<Exception>(() => LoraPolicy.Create(policy, options, 1));
        Assert.Equal(alive, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        Assert.Contains(policy.Parameters, entry => entry.Value.requires_grad);
    }

    [Fact]
    public void A_full_model_is_not_saved_into_the_folder_of_an_adapter()
    {
        // transformers with PEFT looks for adapter_config.json first and would load the adapter, on whatever base it names.
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "two names");
        lora.Save(Folder);
        string[] before = Directory.GetFiles(Folder);
        Assert.Contains("give another folder", Assert.Throws<IOException>(() => lora.SaveMerged(Folder)).Message);
        Assert.Contains("holds an adapter", Assert.Throws<IOException>(() => policy.Save(Folder)).Message);
        Assert.Equal(before, Directory.GetFiles(Folder));
        Assert.False(lora.IsMerged);
        lora.Save(Folder);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_part_of_the_adapter_and_nothing_else_gets_gradients(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using (LoraPolicy lora = LoraCase.Create(policy, kind))
        {
            LoraCase.Backward(lora);
            Assert.All(policy.Parameters, pair => Assert.True(pair.Value.grad is null && !pair.Value.requires_grad));
            Assert.All(
                lora.AdapterParameters, pair => Assert.True(pair.Value.grad!.abs().sum().item<float>() > 0, pair.Key));
        }

        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Fact]
    public void A_disabled_adapter_is_neither_trained_nor_copied()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "two names");
        lora.IsEnabled = false;
        using TokenStatistics statistics = lora.TokenLogProbabilities(InvarianceTests.Mixed(3), new TokenStatisticsOptions());
        Assert.False(statistics.LogProbabilities.requires_grad);
        using IVisionLanguagePolicy copy = lora.CloneFrozen();
        Assert.Equal(LoraCase.Score(policy), LoraCase.Score(copy));
        lora.IsEnabled = true;
        Assert.NotEqual(LoraCase.Score(lora), LoraCase.Score(copy));
    }

    [Fact]
    public void The_base_stays_frozen_until_its_last_adapter_is_disposed()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Freeze(ModelPart.Vision);
        bool[] before = [.. policy.Parameters.Select(pair => pair.Value.requires_grad)];
        LoraPolicy first = LoraCase.Create(policy, "two names");
        LoraPolicy second = LoraCase.Create(policy, "two names");
        first.Dispose();
        first.Dispose();
        Assert.All(policy.Parameters, pair => Assert.False(pair.Value.requires_grad));
        second.Reference.Dispose();
        Assert.All(policy.Parameters, pair => Assert.False(pair.Value.requires_grad));
        second.Dispose();
        Assert.Equal(before, policy.Parameters.Select(pair => pair.Value.requires_grad));
    }

    [Fact]
    public void Gradients_follow_from_those_of_the_merged_weight()
    {
        // For W' = W + s B A: dB = s dW' Aᵀ and dA = s Bᵀ dW'; dW' comes from a model whose weight is W'.
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "two names");
        LoraCase.Backward(lora);
        lora.SaveMerged(Folder);
        using Qwen2VLPolicy merged = Qwen2VLPolicy.Load(Folder);
        LoraCase.Backward(merged);
        Dictionary<string, Parameter> own = lora.AdapterParameters.ToDictionary(pair => pair.Key, pair => pair.Value);
        const string Name = "base_model.model.model.language_model.layers.1.self_attn.v_proj.lora_";
        (Parameter down, Parameter up) = (own[Name + "A.weight"], own[Name + "B.weight"]);
        Tensor whole = merged.Parameters.First(pair => pair.Key == "model.layers.1.self_attn.v_proj.weight").Value.grad!;
        const double Scale = 6.0 / 3;
        TinyModel.Near((Scale * whole.matmul(down.t())).Values(), up.grad!.Values(), 1e-3);
        TinyModel.Near((Scale * up.t().matmul(whole)).Values(), down.grad!.Values(), 1e-3);
    }

    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, ScalarType.Float32, 2e-5)]
    [InlineData(Qwen2VLFamily.Qwen25VL, ScalarType.Float32, 2e-5)]
    [InlineData(Qwen2VLFamily.Qwen2VL, ScalarType.BFloat16, 0.25)]
    public void Sampling_and_training_see_the_same_adapter(Qwen2VLFamily family, ScalarType dataType, double tolerance)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family, dataType: dataType);
        using LoraPolicy lora = LoraCase.Create(policy, "all linear");
        PackedGroup[] groups = InvarianceTests.Mixed(4);
        using IDisposable noGradient = no_grad();
        using TokenStatistics packed = lora.TokenLogProbabilities(groups, new TokenStatisticsOptions());
        float[] trained = packed.LogProbabilities.Values();
        TinyModel.Near(trained, InvarianceTests.CachedLogProbabilities(lora, groups), tolerance);
        if (dataType == ScalarType.Float32)
            Assert.True(LoraCase.Distance(trained, InvarianceTests.CachedLogProbabilities(policy, groups)) > 1e-2);
    }

    [Fact]
    public void A_frozen_copy_keeps_the_adapter_unchanged()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "biases");
        float[] then = LoraCase.Score(lora);
        using IVisionLanguagePolicy copy = lora.CloneFrozen();
        LoraCase.Stir(lora);
        Assert.Equal(then, LoraCase.Score(copy));
        Assert.NotEqual(then, LoraCase.Score(lora));
        Assert.DoesNotContain(copy.Parameters, pair => pair.Value.requires_grad);
    }

    [Fact]
    public void A_merged_adapter_refuses_to_train()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraCase.Create(policy, "two names");
        lora.Merge();
        Assert.Contains("Unmerge", Assert.Throws<InvalidOperationException>(() => LoraCase.Backward(lora)).Message);
    }

    [Fact]
    public void Dropout_acts_only_in_training_and_follows_its_seed()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        LoraOptions options = LoraCase.Kinds["all linear"] with { Dropout = 0.5 };
        using LoraPolicy one = LoraPolicy.Create(policy, options, seed: 3);
        using LoraPolicy same = LoraPolicy.Create(policy, options, seed: 3);
        LoraCase.Stir(one);
        LoraCase.Stir(same);
        Assert.Equal(LoraCase.Score(one), LoraCase.Score(same));
        float[] first = Trained(one);
        Assert.NotEqual(LoraCase.Score(one), first);
        Assert.Equal(first, Trained(same));
        Assert.NotEqual(first, Trained(one));

        // A frozen adapter has nothing to train: a copy as the reference scores alike whether gradients are on or not, but for the order of
        // sums.
        using IVisionLanguagePolicy copy = one.CloneFrozen();
        TinyModel.Near(LoraCase.Score(one), Trained(copy));
        one.Save(Folder);
        using LoraPolicy frozen = LoraPolicy.Load(policy, Folder, isTrainable: false);
        TinyModel.Near(LoraCase.Score(one), Trained(frozen));

        static float[] Trained(IVisionLanguagePolicy lora)
        {
            using TokenStatistics statistics =
                lora.TokenLogProbabilities(InvarianceTests.Mixed(3), new TokenStatisticsOptions());
            return statistics.LogProbabilities.Values();
        }
    }
}
