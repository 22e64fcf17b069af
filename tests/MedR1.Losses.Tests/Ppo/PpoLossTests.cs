using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class PpoLossTests
{
    private static readonly PpoLossOptions Options = PpoLossOptions.LanguageModel;

    [Fact]
    public void The_value_term_is_the_larger_of_the_free_and_the_clipped_error()
    {
        // R = 1, V_old = 0, ε = 0.2. V = 0.9: free (0.1)², clipped to 0.2 (0.8)²: ½·0.64. V = −0.5: (1.5)² and
        // (−0.2 − 1)²: ½·2.25, with gradient V − R = −1.5.
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Batches.Matrix(new[,] { { 0.9, -0.5 } }, gradient: true);
        Tensor terms = ValueLoss.Terms(
            values, ones(1, 2, ScalarType.Float64), zeros(1, 2, ScalarType.Float64), 0.2);
        Batches.Close([0.32, 1.125], Batches.Values(terms), 1e-14);
        terms.sum().backward();
        Batches.Close([0, -1.5], Batches.Values(values.grad!), 1e-14);
        Batches.Close([0.005, 1.125], Batches.Values(ValueLoss.Terms(values, ones_like(values))), 1e-14);
    }

    [Fact]
    public void Equal_advantages_of_all_tokens_equal_that_of_the_row()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(11);
        PolicyLossInputs byToken = inputs with
        {
            Advantages = inputs.Advantages.unsqueeze(1).expand_as(inputs.LogProbabilities).contiguous(),
        };
        foreach (GrpoLossOptions options in new[]
        {
            GrpoLossOptions.DeepSeekMath, GrpoLossOptions.Dapo, GrpoLossOptions.Gspo, GrpoLossOptions.GspoToken,
            GrpoLossOptions.Cispo, GrpoLossOptions.CispoTwoSided, GrpoLossOptions.Sapo,
        })
        {
            (double loss, double[] gradient) = Batches.Run(options, inputs);
            (double lossByToken, double[] gradientByToken) = Batches.Run(options, byToken);
            Assert.Equal(loss, lossByToken, 1e-13);
            Batches.Close(gradient, gradientByToken, 1e-13);
        }
    }

    [Fact]
    public void Micro_batches_add_up_to_the_batch()
    {
        using DisposeScope scope = NewDisposeScope();
        PpoLossInputs whole = Random(5);
        (double[] policy, double[] value, double loss) = Run(whole);
        double tokens = whole.Policy.Mask.sum().to(ScalarType.Float64).item<double>();
        List<double> policyParts = [];
        List<double> valueParts = [];
        double sum = 0;
        foreach ((int from, int to) in new[] { (0, 2), (2, 6) })
        {
            PolicyLossInputs part = Batches.Slice(whole.Policy, from, to) with
            {
                Advantages = whole.Policy.Advantages.narrow(0, from, to - from),
                TokensInStep = tokens,
                AccumulationSteps = 2,
            };
            (double[] p, double[] v, double l) = Run(new PpoLossInputs
            {
                Policy = part,
                Values = whole.Values.narrow(0, from, to - from),
                Returns = whole.Returns.narrow(0, from, to - from),
                OldValues = whole.OldValues!.narrow(0, from, to - from),
            });
            policyParts.AddRange(p);
            valueParts.AddRange(v);
            sum += l;
        }

        Assert.Equal(loss, sum, 1e-13);
        Batches.Close(policy, policyParts, 1e-14);
        Batches.Close(value, valueParts, 1e-14);
    }

    [Fact]
    public void Masked_places_do_not_matter()
    {
        using DisposeScope scope = NewDisposeScope();
        PpoLossInputs clean = Random(6);
        Tensor padding = clean.Policy.Mask.to(ScalarType.Bool).logical_not();
        Tensor Spoil(Tensor value) => value.detach().masked_fill(padding, double.NaN);
        (double[] policy, double[] value, double loss) = Run(clean);
        (double[] spoiledPolicy, double[] spoiledValue, double spoiledLoss) = Run(clean with
        {
            Policy = clean.Policy with { Advantages = Spoil(clean.Policy.Advantages) },
            Values = Spoil(clean.Values),
            Returns = Spoil(clean.Returns),
            OldValues = Spoil(clean.OldValues!),
        });
        Assert.Equal(loss, spoiledLoss);
        Assert.Equal(policy, spoiledPolicy);
        Assert.Equal(value, spoiledValue);
    }

    [Fact]
    public void Mistakes_in_the_inputs_are_named()
    {
        using DisposeScope scope = NewDisposeScope();
        PpoLossInputs good = Random(7);
        PpoLoss loss = new(Options);
        string Message(PpoLossInputs inputs) => Assert.Throws<ArgumentException>(() => loss.Compute(inputs)).Message;
        Assert.Contains("expected [B, T]", Message(good with { Policy = good.Policy with { Advantages = ones(6) } }));
        Assert.Contains("the clip is 0.2", Message(good with { OldValues = null }));
        Assert.Contains("Values has shape [2, 2]", Message(good with { Values = ones(2, 2) }));
        Assert.Contains("VespoWeight", string.Join(' ', new PpoLossOptions
        {
            Policy = new GrpoLossOptions { VespoWeight = null! },
        }.Validate()));
        InvalidLossOptionsException both = Assert.Throws<InvalidLossOptionsException>(() => new PpoLoss(new PpoLossOptions
        {
            Policy = GrpoLossOptions.Rloo,
            ValueClip = -1,
            ValueCoefficient = double.NaN,
        }));
        Assert.Equal(3, both.Errors.Count);
        Assert.Contains("VESPO applies", Assert.Throws<ArgumentException>(
            () => new GrpoLoss(GrpoLossOptions.Vespo).Compute(good.Policy)).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Values_returns_and_clipped_shares_are_means_of_the_active_tokens()
    {
        // Active are V = 0.9, −0.5 and 0.1; R = 1 each, V_old = 0, ε = 0.2. Clipped to 0.2, the first has an error of 0.8 instead of 0.1
        // and counts as clipped; the second has 1.2 instead of 1.5, and the third is not changed.
        using DisposeScope scope = NewDisposeScope();
        Tensor active = tensor(new[,] { { true, true }, { true, false } });
        Tensor zero = zeros(2, 2, ScalarType.Float64);
        PolicyLossResult result = new PpoLoss(Options).Compute(new PpoLossInputs
        {
            Policy = new PolicyLossInputs { LogProbabilities = zero, OldLogProbabilities = zero, Mask = active, Advantages = zero },
            Values = Batches.Matrix(new[,] { { 0.9, -0.5 }, { 0.1, 7 } }),
            OldValues = zero,
            Returns = ones(2, 2, ScalarType.Float64),
        });
        Assert.Equal(0.5 / 3, result.Metrics["values"].Value, 1e-15);
        Assert.Equal(1, result.Metrics["returns"].Value, 1e-15);
        Assert.Equal(1.0 / 3, result.Metrics["value_clip_ratio"].Value, 1e-15);

        // ½ · (0.64 + 2.25 + 0.81) / 3
        Assert.Equal(3.7 / 6, result.Metrics["value_loss"].Value, 1e-15);
    }

    private static PpoLossInputs Random(long seed)
    {
        PolicyLossInputs policy = Batches.Random(seed);
        using Generator generator = new((ulong)seed + 1000);
        Tensor Normal() => randn(policy.LogProbabilities.shape, ScalarType.Float64, generator: generator);
        return new PpoLossInputs
        {
            Policy = policy with { Advantages = Normal() },
            Values = Normal(),
            OldValues = Normal(),
            Returns = Normal(),
        };
    }

    private static (double[] Policy, double[] Value, double Loss) Run(PpoLossInputs inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor policy = inputs.Policy.LogProbabilities.detach().clone().requires_grad_(true);
        Tensor values = inputs.Values.detach().clone().requires_grad_(true);
        PolicyLossResult result = new PpoLoss(Options).Compute(inputs with
        {
            Policy = inputs.Policy with { LogProbabilities = policy },
            Values = values,
        });
        result.Loss.backward();
        return (Batches.Values(policy.grad!), Batches.Values(values.grad!), result.Loss.item<double>());
    }
}
