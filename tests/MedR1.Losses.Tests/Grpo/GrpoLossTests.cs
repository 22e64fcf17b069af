using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class GrpoLossTests
{
    public static TheoryData<string> Presets => [.. PresetOptions.Keys];

    internal static Dictionary<string, GrpoLossOptions> PresetOptions { get; } = new()
    {
        ["MedR1"] = GrpoLossOptions.MedR1,
        ["DeepSeekMath"] = GrpoLossOptions.DeepSeekMath,
        ["Dapo"] = GrpoLossOptions.Dapo,
        ["DrGrpo"] = GrpoLossOptions.DrGrpo,
        ["Bnpo"] = GrpoLossOptions.Bnpo,
        ["Gspo"] = GrpoLossOptions.Gspo,
        ["GspoToken"] = GrpoLossOptions.GspoToken,
        ["Cispo"] = GrpoLossOptions.Cispo,
        ["CispoTwoSided"] = GrpoLossOptions.CispoTwoSided,
        ["Sapo"] = GrpoLossOptions.Sapo,
        ["Luspo"] = GrpoLossOptions.Luspo,
        ["Vespo"] = GrpoLossOptions.Vespo,
        ["Gmpo"] = GrpoLossOptions.Gmpo,
        ["ClipCov"] = GrpoLossOptions.ClipCov,
        ["KlCov"] = GrpoLossOptions.KlCov,
        ["Rloo"] = GrpoLossOptions.Rloo,
        ["Intellect2"] = GrpoLossOptions.Intellect2,
    };

    [Fact]
    public void Rows_without_a_token_do_not_count_among_the_non_empty_of_a_step()
    {
        // Ratio 1, advantages 1, 3 and 5: terms −1, −3 and −5; the second row has no token. (−1 − 5) / 2 in one batch, and the
        // same in two: −1 / 2 and −5 / 2.
        using DisposeScope scope = NewDisposeScope();
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with
        {
            KlCoefficient = 0, Normalization = LossNormalization.NonEmptyCompletionMean,
        });
        double Loss(double[] mask, double[] advantages, int? rows, int? nonEmpty) => loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = zeros(mask.Length, 1, float64),
            Mask = tensor(mask).unsqueeze(1),
            Advantages = tensor(advantages),
            RowsInStep = rows,
            NonEmptyRowsInStep = nonEmpty,
        }).Loss.item<double>();

        Assert.Equal(-3, Loss([1, 0, 1], [1, 3, 5], null, null), 12);
        Assert.Equal(-3, Loss([1, 0, 1], [1, 3, 5], 3, 2), 12);
        Assert.Equal(-0.5, Loss([1, 0], [1, 3], 3, 2), 12);
        Assert.Equal(-2.5, Loss([1], [5], 3, 2), 12);
        Assert.Equal(0, Loss([0], [5], 1, 0), 12);
        Assert.Contains(
            "NonEmptyRowsInStep is 4", Assert.Throws<ArgumentException>(() => Loss([1], [5], 3, 4)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Clips_the_ratio_only_if_it_would_go_too_far()
    {
        // One token per row, ratios 2 and 0.5 (old = current − ln r), advantages +1 and −1, clip 0.2: both are clipped,
        // the terms are
        // −1.2 and +0.8, their mean −0.2, and there is no gradient.
        using DisposeScope scope = NewDisposeScope();
        Tensor current = Batches.Matrix(new[,] { { -1.0 }, { -1.0 } }, gradient: true);
        GrpoLoss loss = new(GrpoLossOptions.Dapo with { ClipHigh = null });
        PolicyLossResult result = loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = current,
            OldLogProbabilities = Batches.Matrix(new[,] { { -1 - Math.Log(2) }, { -1 + Math.Log(2) } }),
            Mask = ones(2, 1),
            Advantages = tensor(new[] { 1.0, -1.0 }),
        });
        result.Loss.backward();

        Assert.Equal(-0.2, result.Loss.item<double>(), 12);
        Assert.Equal([0, 0], Batches.Values(current.grad!));
        Assert.Equal(0.5, result.Metrics["clip_ratio/low_mean"].Value);
        Assert.Equal(0.5, result.Metrics["clip_ratio/high_mean"].Value);
        Assert.Equal(1.0, result.Metrics["clip_ratio/region_mean"].Value);
    }

    [Fact]
    public void Medr1_on_policy_equals_the_formula_of_the_paper()
    {
        // Row 0: two tokens, d = ref − current = ln 2 and 0, k3 = 2 − ln 2 − 1 = 0.30685 and 0; A = 1. Row 1: one
        // token, d = 0, A = −1.
        // loss = mean of [(−2 + 0.04 × 0.30685…)/2, 1] = 0.02 × 0.30685…/2. dk3/dℓ = 1 − exp(d) = −1 at token 0.
        using DisposeScope scope = NewDisposeScope();
        Tensor current = Batches.Matrix(new[,] { { -1.0, -2.0 }, { -3.0, -9.0 } }, gradient: true);
        PolicyLossResult result = new GrpoLoss(GrpoLossOptions.MedR1).Compute(new PolicyLossInputs
        {
            LogProbabilities = current,
            ReferenceLogProbabilities = Batches.Matrix(new[,] { { -1.0 + Math.Log(2), -2.0 }, { -3.0, 5.0 } }),
            Mask = tensor(new[,] { { 1L, 1L }, { 1L, 0L } }),
            Advantages = tensor(new[] { 1.0, -1.0 }),
        });
        result.Loss.backward();

        double k3 = 1 - Math.Log(2);
        Assert.Equal(0.01 * k3, result.Loss.item<double>(), 12);
        Batches.Close([(-1 - 0.04) / 4, -0.25, 0.5, 0], Batches.Values(current.grad!), 1e-12);
        Assert.Equal(k3 / 3, result.Metrics["kl"].Value, 12);
        Assert.Equal(3, result.Metrics["kl"].Weight);
    }

    [Fact]
    public void Dual_clip_equals_the_ratio_bound()
    {
        // PPO's dual clip: for A < 0 the term is min(max(−A·r, −A·clip(r)), −A·c). Ratio 5, A −1, c 3: 3.
        using DisposeScope scope = NewDisposeScope();
        (double loss, double[] gradient) = Batches.Run(
            new GrpoLossOptions { RatioBound = 3 },
            new PolicyLossInputs
            {
                LogProbabilities = Batches.Matrix(new[,] { { 0.0 } }),
                OldLogProbabilities = Batches.Matrix(new[,] { { -Math.Log(5) } }),
                Mask = ones(1, 1),
                Advantages = tensor(new[] { -1.0 }),
            });
        Assert.Equal(3, loss, 12);
        Assert.Equal([0], gradient);
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Masked_places_never_matter(string preset)
    {
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = PresetOptions[preset];
        PolicyLossInputs clean = Batches.Random(1);
        Tensor padding = clean.Mask.logical_not();
        (double loss, double[] gradient) = Batches.Run(options, clean);
        foreach (double filler in new[] { 1e4, double.NaN, double.NegativeInfinity, double.PositiveInfinity })
        {
            (double dirtyLoss, double[] dirtyGradient) = Batches.Run(options, clean with
            {
                LogProbabilities = clean.LogProbabilities.detach().masked_fill(padding, filler),
                OldLogProbabilities = clean.OldLogProbabilities!.masked_fill(padding, -filler),
                ReferenceLogProbabilities = clean.ReferenceLogProbabilities!.masked_fill(padding, filler),
                SamplerLogProbabilities = clean.SamplerLogProbabilities!.masked_fill(padding, filler),
                Entropies = clean.Entropies!.detach().masked_fill(padding, filler),
            });
            Assert.Equal(loss, dirtyLoss);
            Assert.Equal(gradient, dirtyGradient);
        }

        bool[] active = [.. clean.Mask.reshape(-1).data<bool>()];
        Assert.All(gradient.Zip(active), pair => Assert.True(pair.Second || pair.First == 0));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_batch_without_an_active_token_gives_no_NaN_and_no_gradient(string preset)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(4);
        (double loss, double[] gradient) = Batches.Run(
            PresetOptions[preset], inputs with { Mask = zeros_like(inputs.Mask) });
        Assert.True(double.IsFinite(loss));
        Assert.All(gradient, value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void On_policy_missing_old_log_probabilities_are_the_current_ones(string preset)
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(5, offPolicy: false);
        (double loss, double[] gradient) = Batches.Run(PresetOptions[preset], inputs);
        (double explicitLoss, double[] explicitGradient) = Batches.Run(
            PresetOptions[preset], inputs with { OldLogProbabilities = inputs.LogProbabilities.detach() });
        Assert.Equal(loss, explicitLoss);
        Assert.Equal(gradient, explicitGradient);
    }

    [Fact]
    public void Token_level_gspo_has_the_values_of_gspo()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(6);
        (double sequence, double[] sequenceGradient) = Batches.Run(GrpoLossOptions.Gspo, inputs);
        (double token, double[] tokenGradient) = Batches.Run(GrpoLossOptions.GspoToken, inputs);
        Assert.Equal(sequence, token, 12);

        // With one advantage per row even the gradients agree: each token of a mean has weight 1/n in both.
        Batches.Close(sequenceGradient, tokenGradient, 1e-14);
    }

    [Fact]
    public void On_policy_the_correction_of_the_divergence_changes_only_the_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(7, offPolicy: false);
        (double plain, double[] plainGradient) = Batches.Run(GrpoLossOptions.MedR1, inputs);
        (double corrected, double[] correctedGradient) = Batches.Run(
            GrpoLossOptions.MedR1 with { CorrectKlByRatio = true }, inputs);
        Assert.Equal(plain, corrected, 12);
        Assert.Contains(plainGradient.Zip(correctedGradient), pair => Math.Abs(pair.First - pair.Second) > 1e-4);
    }

    [Theory]
    [InlineData(KlEstimator.K1, -0.5)]
    [InlineData(KlEstimator.K2, 0.125)]
    [InlineData(KlEstimator.K3, 0.14872127070012815)] // e^0.5 − 0.5 − 1
    public void Estimates_the_divergence_as_named(KlEstimator estimator, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with { KlEstimator = estimator });
        PolicyLossResult result = loss.Compute(new PolicyLossInputs
        {
            LogProbabilities = Batches.Matrix(new[,] { { -1.0 } }, gradient: true),
            ReferenceLogProbabilities = Batches.Matrix(new[,] { { -0.5 } }),
            Mask = ones(1, 1),
            Advantages = zeros(1),
        });
        Assert.Equal(expected, result.Metrics["kl"].Value, 14);
        Assert.Equal(0.04 * expected, result.Loss.item<double>(), 14);
    }

    [Fact]
    public void The_entropy_bonus_has_the_same_weight_in_every_member()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (GrpoLossOptions options in PresetOptions.Values)
        {
            PolicyLossInputs inputs = Batches.Random(8);
            PolicyLossResult without = new GrpoLoss(options).Compute(inputs);
            PolicyLossResult with = new GrpoLoss(options with { EntropyCoefficient = 0.03 }).Compute(inputs);
            double entropy = with.Metrics["entropy"].Value;
            Assert.Equal(0.03, (without.Loss - with.Loss).item<double>() / entropy, 12);
            with.Loss.backward();
            Assert.Contains(Batches.Values(inputs.Entropies!.grad!), value => value < 0);
        }
    }

    [Theory]
    [InlineData(1.0, 0.0, false, false)]
    [InlineData(0.5, 0.0, true, false)]
    [InlineData(1.0, 0.01, true, true)]
    public void Requires_entropies_if_tokens_are_selected_or_rewarded_by_them(
        double fraction, double coefficient, bool entropies, bool gradient)
    {
        GrpoLoss loss = new(GrpoLossOptions.Dapo with { TopEntropyQuantile = fraction, EntropyCoefficient = coefficient });
        Assert.Equal((entropies, gradient), (loss.RequiresEntropies, loss.RequiresEntropyGradient));
    }

    [Fact]
    public void Old_policy_and_reference_get_no_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(11);
        Tensor old = inputs.OldLogProbabilities!.clone().requires_grad_(true);
        Tensor reference = inputs.ReferenceLogProbabilities!.clone().requires_grad_(true);
        PolicyLossResult result = new GrpoLoss(GrpoLossOptions.MedR1).Compute(
            inputs with { OldLogProbabilities = old, ReferenceLogProbabilities = reference });
        result.Loss.backward();
        Assert.NotNull(inputs.LogProbabilities.grad);
        Assert.Null(old.grad);
        Assert.Null(reference.grad);
    }

    [Fact]
    public void Bfloat16_is_computed_in_float32()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(9, offPolicy: false);
        Tensor leaf = inputs.LogProbabilities.detach().to(ScalarType.BFloat16).requires_grad_(true);
        PolicyLossResult result = new GrpoLoss(GrpoLossOptions.Dapo).Compute(
            new PolicyLossInputs { LogProbabilities = leaf, Mask = inputs.Mask, Advantages = inputs.Advantages });
        result.Loss.backward();
        Assert.Equal(ScalarType.Float32, result.Loss.dtype);
        Assert.Equal(ScalarType.BFloat16, leaf.grad!.dtype);
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        PolicyLossInputs inputs = Batches.Random(10);
        GrpoLoss loss = new(GrpoLossOptions.MedR1 with
        {
            TopEntropyQuantile = 0.5,
            OffPolicyMaskThreshold = 0.1,
            EntropyCoefficient = 0.01,
            SamplerCorrection = new SamplerCorrectionOptions(),
        });
        loss.Compute(inputs).Dispose();
        long alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            loss.Compute(inputs).Dispose();
        }

        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
