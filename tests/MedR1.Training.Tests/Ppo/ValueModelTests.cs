using MedR1.Modeling;
using MedR1.Testing;
using MedR1.TestSupport;
using TorchSharp.Modules;

namespace MedR1.Training.Tests;

public sealed class ValueModelTests
{
    [Fact]
    public void A_copy_is_disposed_if_the_head_fails()
    {
        using TinyPolicy network = TestData.Policy();
        WidthlessPolicy policy = new(network);

        Assert.Throws<ArgumentOutOfRangeException>("hiddenSize", () => ValueModel.CopyOf(policy));

        Assert.True(policy.Copy!.IsDisposed);
        Assert.False(policy.IsDisposed);
    }

    [Fact]
    public void A_critic_disposes_its_copy_and_its_head_but_not_the_policy_that_it_was_given()
    {
        using TinyPolicy policy = TestData.Policy();
        ValueModel copy = ValueModel.CopyOf(policy), whole = new(policy), head = ValueModel.HeadOn(policy);
        Parameter[] owned =
            [.. new[] { copy.Parameters, whole.Parameters.TakeLast(2), head.Parameters }.SelectMany(part => part).Select(pair => pair.Value)];
        Assert.Equal(policy.Parameters.Count + 2 + 2 + 2, owned.Length);

        Array.ForEach([copy, whole, head], critic => critic.Dispose());

        Assert.All(owned, parameter => Assert.True(parameter.IsInvalid));
        Assert.All(policy.Parameters, pair => Assert.False(pair.Value.IsInvalid));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trainer_frees_only_the_critic_that_it_copied(bool isGiven)
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel given = ValueModel.CopyOf(policy);
        PpoTrainerBuilder builder = PpoRuns.Small(policy, _ => { });
        PpoTrainer trainer = (isGiven ? builder.UseCritic(given) : builder).Build();
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters = trainer.Critic.Parameters;
        trainer.Dispose();

        Assert.All(parameters, pair => Assert.Equal(isGiven, !pair.Value.IsInvalid));
        Assert.All(policy.Parameters, pair => Assert.False(pair.Value.IsInvalid));
    }

    /// <summary>A policy whose hidden states are empty, so that no head fits them.</summary>
    private sealed class WidthlessPolicy(IVisionLanguagePolicy policy) : DelegatingPolicy(policy), IHiddenStatePolicy
    {
        private readonly IVisionLanguagePolicy _policy = policy;

        public WidthlessPolicy? Copy { get; private set; }

        public bool IsDisposed { get; private set; }

        public int HiddenSize => 0;

        public override IVisionLanguagePolicy CloneFrozen() => Copy = new WidthlessPolicy(_policy);

        public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups) => throw new NotSupportedException();

        public override void Dispose() => IsDisposed = true;
    }
}
