using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Each input with one mistake at a time, and at its limits, which are allowed.</summary>
public sealed class InputGuardTests
{
    [Fact]
    public void Missing_inputs_of_every_loss_are_named()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1, rows: 3, columns: 4);
        Expect(inputs with { LogProbabilities = null! }, "LogProbabilities is null: every loss needs it");
        Expect(inputs with { Mask = null! }, "Mask is null: every loss needs it");
        Expect(inputs with { Advantages = null! }, "Advantages is null: every loss needs it");
        Assert.Throws<ArgumentNullException>("inputs", () => new GrpoLoss(new GrpoLossOptions()).Compute(null!));
        Assert.Throws<ArgumentNullException>("inputs", () => new PpoLoss().Compute(null!));
        Assert.Throws<ArgumentNullException>("options", () => new GrpoLoss(null!));
    }

    [Fact]
    public void Every_optional_input_has_the_shape_and_type_of_log_probabilities()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1, rows: 3, columns: 4);
        Tensor wide = ones(3, 5), whole = ones([3, 4], ScalarType.Int64);
        Expect(inputs with { ReferenceLogProbabilities = wide }, "ReferenceLogProbabilities has shape [3, 5], expected [3, 4]");
        Expect(inputs with { SamplerLogProbabilities = wide }, "SamplerLogProbabilities has shape [3, 5], expected [3, 4]");
        Expect(inputs with { Entropies = wide }, "Entropies has shape [3, 5], expected [3, 4]");
        Expect(inputs with { Advantages = wide }, "Advantages has shape [3, 5], expected [3] or [3, 4]");
        Expect(inputs with { OldLogProbabilities = whole }, "OldLogProbabilities is of type Int64");
        Expect(inputs with { TokensInStep = -1 }, "TokensInStep is -1");
        Expect(inputs with { TokensInStep = double.PositiveInfinity }, "TokensInStep is ");
        Expect(inputs with { NonEmptyRowsInStep = -1 }, "NonEmptyRowsInStep is -1");
        Compute(inputs with { TokensInStep = 0, RowsInStep = 3, NonEmptyRowsInStep = 3 });
    }

    [Fact]
    public void Entropies_are_needed_if_tokens_are_selected_or_rewarded_by_them()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1) with { Entropies = null };
        Expect(inputs, "Entropies is null", new GrpoLossOptions { TopEntropyQuantile = 0.5 });
        Expect(inputs with { EntropyCoefficient = 0.1 }, "Entropies is null");

        // The step's coefficient takes precedence over that of the options.
        PolicyLossResult none = Compute(
            inputs with { EntropyCoefficient = 0 }, new GrpoLossOptions { EntropyCoefficient = 0.1 });
        Assert.Equal(new LossMetric(0, 1), none.Metrics["entropy_coef"]);
        Assert.Equal(Compute(inputs).Loss.item<double>(), none.Loss.item<double>());
        Assert.DoesNotContain("entropy_coef", Compute(inputs).Metrics.Keys);
    }

    [Fact]
    public void A_loss_of_whole_completions_refuses_advantages_of_tokens()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1, rows: 3, columns: 4) with { Advantages = ones(3, 4) };
        Expect(inputs, "[3, 4], one for each token, but CompletionTerm applies to", GrpoLossOptions.Rloo);
        Expect(inputs, "[3, 4], one for each token, but Vespo applies to", GrpoLossOptions.Vespo);
        Expect(inputs, "[3, 4], one for each token, but GeometricMean applies to", GrpoLossOptions.Gmpo);
        Expect(
            inputs, "[3, 4], one for each token, but OffPolicyMaskThreshold applies to", new GrpoLossOptions { OffPolicyMaskThreshold = 1 });
    }

    private static PolicyLossResult Compute(PolicyLossInputs inputs, GrpoLossOptions? options = null) =>
        new GrpoLoss(options ?? new GrpoLossOptions()).Compute(inputs);

    private static void Expect(PolicyLossInputs inputs, string message, GrpoLossOptions? options = null) => Assert.Contains(
        message, Assert.Throws<ArgumentException>(() => Compute(inputs, options)).Message, StringComparison.Ordinal);
}
