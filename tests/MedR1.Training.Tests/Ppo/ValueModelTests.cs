using MedR1.Modeling;
using MedR1.Testing;
using MedR1.TestSupport;

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
