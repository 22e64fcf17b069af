using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

[Collection(nameof(LeakTests))]
public sealed class GradientCheckpointingTests
{
    public static TheoryData<Qwen2VLFamily, string> Cases => new()
    {
        { Qwen2VLFamily.Qwen2VL, "" },
        { Qwen2VLFamily.Qwen25VL, "" },
        { Qwen2VLFamily.Qwen2VL, "two names" },
        { Qwen2VLFamily.Qwen2VL, "all linear" },
        { Qwen2VLFamily.Qwen2VL, "saved modules" },
        { Qwen2VLFamily.Qwen2VL, "kernel and table" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_gives_the_same_values_and_gradients(Qwen2VLFamily family, string adapter)
    {
        using Qwen2VLPolicy policy = TinyModel.Create(family);
        using LoraPolicy? lora = adapter.Length == 0 ? null : LoraCase.Create(policy, adapter);
        IVisionLanguagePolicy trained = lora is null ? policy : lora;
        (float[] values, Dictionary<string, float[]> gradients) = Train(trained);
        policy.Checkpointing.IsEnabled = true;
        (float[] again, Dictionary<string, float[]> recomputed) = Train(trained);
        Assert.Equal(values, again);
        Assert.Equal(gradients.Keys, recomputed.Keys);
        Assert.All(gradients, pair => TinyModel.Near(pair.Value, recomputed[pair.Key], 1e-6));
        TinyModel.Near(LoraCase.Score(trained), values);
    }

    [Fact]
    public void Dropout_is_repeated_in_the_recomputation()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        LoraOptions options = LoraCase.Kinds["all linear"] with { Dropout = 0.4 };
        (float[] Values, Dictionary<string, float[]> Gradients)[] both = [.. new[] { false, true }.Select(isOn =>
        {
            policy.Checkpointing.IsEnabled = isOn;
            using LoraPolicy lora = LoraPolicy.Create(policy, options, seed: 8);
            LoraCase.Stir(lora);
            return Train(lora);
        })];
        Assert.Equal(both[0].Values, both[1].Values);
        Assert.All(both[0].Gradients, pair => TinyModel.Near(pair.Value, both[1].Gradients[pair.Key], 1e-6));
    }

    [Fact]
    public void Conversations_are_recomputed_too()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        EncodedPrompt[] sequences = [.. InvarianceTests.Mixed(2).Select(group => group.Prompt)];
        Dictionary<string, float[]> plain = Gradients();
        policy.Checkpointing.IsEnabled = true;
        Dictionary<string, float[]> recomputed = Gradients();
        Assert.All(plain, pair => TinyModel.Near(pair.Value, recomputed[pair.Key], 1e-6));

        Dictionary<string, float[]> Gradients()
        {
            using TokenStatistics values = policy.SequenceLogProbabilities(sequences);
            using Tensor sum = values.LogProbabilities.sum();
            sum.backward();
            return TakeGradients(policy);
        }
    }

    [Fact]
    public void A_frozen_tower_is_not_computed_twice()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Checkpointing.IsEnabled = true;
        policy.Freeze(ModelPart.Vision, ModelPart.Merger, ModelPart.Language);
        using TokenStatistics statistics =
            policy.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions());
        Assert.False(statistics.LogProbabilities.requires_grad);
    }

    [Fact]
    public void A_failure_in_a_backward_pass_is_reported_by_the_next_forward_pass()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Checkpointing.IsEnabled = true;
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = policy.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions())
            .LogProbabilities.sum();
        loss.backward(retain_graph: true);

        // The inputs of the layers are freed after the first backward pass.
        loss.backward();
        Assert.Contains(policy.Parameters, pair => pair.Value.grad!.isnan().any().item<bool>());
        Assert.NotNull(Assert.Throws<InvalidOperationException>(() => Train(policy)).InnerException);
        TakeGradients(policy);
        Assert.All(Train(policy).Gradients.Values, gradient => Assert.All(gradient, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void A_pass_and_its_backward_pass_leave_no_tensor_behind()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Checkpointing.IsEnabled = true;
        Train(policy);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Train(policy);
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("completions")]
    [InlineData("conversations")]
    [InlineData("states")]
    public void A_pass_without_a_backward_pass_leaves_no_tensor_behind_either(string kind)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Checkpointing.IsEnabled = true;
        PackedGroup[] groups = [.. InvarianceTests.Mixed(3)];
        Score();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Score();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        // As in a step that is skipped because its loss is not finite.
        void Score()
        {
            if (kind == "states")
            {
                using PassOutput states = policy.CompletionStates(groups);
                Assert.True(states.Output.requires_grad);
                return;
            }

            using TokenStatistics figures = kind == "conversations"
                ? policy.SequenceLogProbabilities([.. groups.Select(group => group.Prompt)])
                : policy.TokenLogProbabilities(groups, new TokenStatisticsOptions());
            Assert.True(figures.LogProbabilities.requires_grad);
        }
    }

    // Memory may have run out: existing gradients are filled with NaN, and without any only the smallest is created.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_layer_that_fails_in_the_backward_pass_has_NaN_gradients_even_if_its_input_has_none(bool hasGradients)
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        using LoraPolicy lora = LoraPolicy.Create(policy, LoraCase.Kinds["two names"], seed: 8);
        policy.Checkpointing.IsEnabled = true;
        Parameter[] ofFirst = [.. lora.Parameters.Where(pair => pair.Value.requires_grad && pair.Key.Contains("layers.0."))
            .Select(pair => pair.Value)];
        using DisposeScope scope = NewDisposeScope();
        if (hasGradients)
        {
            lora.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions()).LogProbabilities.sum().backward();
            Assert.All(ofFirst, parameter => Assert.False(parameter.grad!.isnan().any().item<bool>()));
        }

        TokenStatistics figures = lora.TokenLogProbabilities(InvarianceTests.Mixed(2), new TokenStatisticsOptions());
        Tensor loss = figures.LogProbabilities.sum();

        // The inputs of the layers are freed with the values; the graph stays.
        figures.BackwardState!.Dispose();
        loss.backward();
        Parameter[] spoilt = [.. ofFirst.Where(parameter => parameter.grad is not null)];
        Assert.Equal(hasGradients ? ofFirst : [ofFirst.MinBy(parameter => parameter.numel())!], spoilt);
        Assert.All(spoilt, parameter => Assert.True(parameter.grad!.isnan().all().item<bool>()));
        Assert.Throws<InvalidOperationException>(() => Train(lora));
    }

    private static (float[] Values, Dictionary<string, float[]> Gradients) Train(IVisionLanguagePolicy policy)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values =
            policy.TokenLogProbabilities(InvarianceTests.Mixed(3), new TokenStatisticsOptions()).LogProbabilities;
        Tensor weights = arange(1, values.numel() + 1, ScalarType.Float32).view(values.shape) / 10;
        (values * weights).sum().backward();
        return (values.Values(), TakeGradients(policy));
    }

    private static Dictionary<string, float[]> TakeGradients(IVisionLanguagePolicy policy)
    {
        Dictionary<string, float[]> gradients = [];
        foreach ((string name, Parameter parameter) in policy.Parameters)
        {
            using Tensor? gradient = parameter.grad;
            if (gradient is not null)
                gradients.Add(name, gradient.Values());
            parameter.grad = null;
        }

        return gradients;
    }
}
