namespace MedR1.Losses.Tests;

/// <summary>What an estimator of one's own may not return.</summary>
public sealed class CheckedAdvantagesTests
{
    private static readonly AdvantageInputs s_inputs = Scored.Inputs([1, null, 0], [0, 0, 0]);

    public static TheoryData<double[], string> Wrong => new()
    {
        { [1, 0], "it returned 2 advantages for 3 completions: return one for each" },
        { [1, 0, 0, 0], "it returned 4 advantages for 3 completions: return one for each" },
        { [1, 0, double.NaN], "the advantage of completion 2 is NaN; its total is 0: return finite numbers" },
        { [double.NegativeInfinity, 0, 0], "the advantage of completion 0 is -Infinity; its total is 1: return finite numbers" },
        { [1e39, 0, 0], "the advantage of completion 0 is 1E+39, which is infinite in float32; its total is 1" },
        { [1, double.NaN, 0], "the advantage of completion 1 is NaN; its total is null" },
        { [1, -0.5, 0], "the advantage of completion 1 is -0.5, but it has no total, because no reward applied or one failed: return 0" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void It_is_named_with_the_value_and_the_fix(double[] advantages, string problem)
    {
        InvalidAdvantagesException exception = Assert.Throws<InvalidAdvantagesException>(
            () => new Returning(inputs => inputs.ToResult(advantages)).ComputeChecked(s_inputs));
        Assert.StartsWith($"The advantage estimator Returning can't be used: {problem}", exception.Message, StringComparison.Ordinal);
        Assert.Equal("Returning", exception.Estimator);
    }

    [Fact]
    public void Statistics_are_of_the_same_completions_and_rewards()
    {
        AdvantageResult other = Scored.Inputs([1, 2], [0, 0]).ToResult([1, 0, 0]);
        Assert.Contains("its statistics are of 2 completions and 1 rewards, expected 3 and 1: return inputs.ToResult", Problem(_ => other));
        Assert.Contains("of 3 completions and 0 rewards", Problem(inputs => inputs.ToResult(new double[3]) with { ByReward = [] }));
        Assert.Contains("it returned null for 3 completions: return inputs.ToResult(advantages).", Problem(_ => null!));
        Assert.Contains("it returned no advantages for 3", Problem(inputs => inputs.ToResult(new double[3]) with { Advantages = null! }));

        static string Problem(Func<AdvantageInputs, AdvantageResult> function) => Assert.Throws<InvalidAdvantagesException>(
            () => new Returning(function).ComputeChecked(s_inputs)).Message;
    }

    [Fact]
    public void Finite_numbers_are_passed_on_as_they_are()
    {
        double[] advantages = [float.MaxValue, 0, -1e-300];
        Assert.Same(advantages, new Returning(inputs => inputs.ToResult(advantages)).ComputeChecked(s_inputs).Advantages);
    }

    private sealed class Returning(Func<AdvantageInputs, AdvantageResult> function) : IAdvantageEstimator
    {
        public AdvantageResult Compute(AdvantageInputs inputs) => function(inputs);
    }
}
