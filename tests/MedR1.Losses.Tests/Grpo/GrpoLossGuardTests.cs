using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class GrpoLossGuardTests
{
    [Fact]
    public void Reports_every_mistake_in_the_options_at_once()
    {
        InvalidLossOptionsException exception = Assert.Throws<InvalidLossOptionsException>(
            () => new GrpoLoss(new GrpoLossOptions
        {
            ClipLow = -0.1,
            ClipHigh = double.NaN,
            RatioCap = 0,
            KlCoefficient = -1,
            TopEntropyQuantile = 1.5,
            SapoGate = new SapoOptions { PositiveTemperature = 0 },
            SamplerCorrection = new SamplerCorrectionOptions { MinRatio = 4, MaxRatio = 2 },
            Objective = (PolicyObjective)99,
        }));
        Assert.Equal(8, exception.Errors.Count);
        Assert.Contains("-0.1", exception.Message);
        Assert.Contains("TopEntropyQuantile is 1.5", exception.Message);
    }

    [Fact]
    public void Terms_of_completions_cannot_be_combined_with_terms_of_tokens()
    {
        IReadOnlyList<string> problems = (GrpoLossOptions.Rloo with
        {
            KlCoefficient = 0.1,
            TopEntropyQuantile = 0.5,
            ImportanceSamplingLevel = ImportanceSamplingLevel.Token,
            SamplerCorrection = new SamplerCorrectionOptions { Mode = SamplerCorrectionMode.TokenMask },
        }).Validate();
        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void Presets_are_valid()
    {
        foreach (System.Reflection.PropertyInfo preset in typeof(GrpoLossOptions)
            .GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static))
        {
            Assert.Empty(((GrpoLossOptions)preset.GetValue(null)!).Validate());
        }
    }

    [Fact]
    public void Shapes_are_checked_and_reported_with_the_expected_ones()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1, rows: 3, columns: 4);
        Expect(inputs with { Mask = ones(3, 5) }, "Mask has shape [3, 5], expected [3, 4]");
        Expect(inputs with { Advantages = ones(4) }, "Advantages has shape [4], expected [3] or");
        Expect(
            inputs with { OldLogProbabilities = ones(2, 4) },
            "OldLogProbabilities has shape [2, 4], expected [3, 4]");
        Expect(inputs with { LogProbabilities = ones(3) }, "LogProbabilities has shape [3], expected [B, T]");
        Expect(inputs with { LogProbabilities = ones([3, 4], ScalarType.Int64) }, "expected a floating-point type");
        Expect(inputs with { LogProbabilities = ones(0, 4) }, "at least one row");
        Expect(inputs with { AccumulationSteps = 0 }, "AccumulationSteps is 0");
        Expect(inputs with { RowsInStep = 2 }, "RowsInStep is 2, but this micro-batch alone has 3");
        Expect(inputs with { TokensInStep = double.NaN }, "TokensInStep is NaN");
    }

    [Fact]
    public void Says_what_is_missing()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(1);
        Expect(
            inputs with { ReferenceLogProbabilities = null },
            "ReferenceLogProbabilities is null",
            GrpoLossOptions.MedR1);
        Expect(inputs with { MaxCompletionLength = null }, "MaxCompletionLength is null", GrpoLossOptions.DrGrpo);
        Expect(
            inputs with { AccumulationSteps = 2 },
            "TokensInStep is null with 2 accumulation steps",
            GrpoLossOptions.Dapo);
        Expect(
            inputs with { Entropies = null },
            "Entropies is null",
            GrpoLossOptions.Dapo with { EntropyCoefficient = 0.1 });
        Expect(
            inputs with { SamplerLogProbabilities = null }, "SamplerLogProbabilities is null",
            GrpoLossOptions.Dapo with { SamplerCorrection = new SamplerCorrectionOptions() });
    }

    [Fact]
    public void Says_how_to_penalize_the_divergence_of_whole_completions()
    {
        string problem = Assert.Single((GrpoLossOptions.Rloo with { KlCoefficient = 0.1 }).Validate());
        Assert.Contains("KlCoefficient is 0.1: use CompletionMean, or set it to 0.", problem);
        Assert.Contains("penalties to GroupAdvantages.Compute; the trainers don't support it", problem);
    }

    private static void Expect(PolicyLossInputs inputs, string message, GrpoLossOptions? options = null)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => new GrpoLoss(options ?? GrpoLossOptions.Dapo).Compute(inputs));
        Assert.Contains(message, exception.Message);
    }
}
