using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Testing;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class ReferenceSyncTests
{
    [Fact]
    public void The_reference_becomes_the_weighted_mean_of_policy_and_itself()
    {
        using TinyPolicy policy = TestData.Policy(seed: 1);
        using TinyPolicy other = TestData.Policy(seed: 2);
        using IVisionLanguagePolicy reference = other.CloneFrozen();
        float[][] before = TestData.Weights(reference);
        float[][] towards = TestData.Weights(policy);
        string frozen = policy.Parameters[0].Key;
        ReferenceMixer mixer = new(
            [.. policy.Parameters.Skip(1)], reference, new ReferenceSyncOptions { Interval = 3, Mixup = 0.6 });

        mixer.MixIfDue(1);
        mixer.MixIfDue(2);
        Assert.Equal(before, TestData.Weights(reference));
        mixer.MixIfDue(3);

        float[][] after = TestData.Weights(reference);
        Assert.Equal(before[0], after[0]);
        for (int i = 1; i < after.Length; i++)
        {
            for (int k = 0; k < after[i].Length; k++)
            {
                // TRL: ref.mul_(1 - alpha).add_(policy, alpha=alpha).
                Assert.Equal(0.4 * before[i][k] + 0.6 * towards[i][k], after[i][k], 1e-6);
            }
        }

        Assert.Equal(towards, TestData.Weights(policy));
        Assert.DoesNotContain(frozen, mixer.Weights.Select(pair => pair.Key));
    }

    [Fact]
    public void A_reference_equal_to_the_policy_stays_so_in_bfloat16_too()
    {
        using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(SmallQwen.Folder, dataType: ScalarType.BFloat16);
        using IVisionLanguagePolicy reference = policy.CloneFrozen();
        ReferenceMixer mixer = new(policy.Parameters, reference, new ReferenceSyncOptions { Interval = 1, Mixup = 0.6 });

        mixer.MixIfDue(1);

        Assert.Equal(TestData.Weights(policy), TestData.Weights(reference));
    }

    [Fact]
    public async Task A_trainer_whose_sync_failed_halfway_makes_no_further_steps()
    {
        using TinyPolicy policy = TestData.Policy();
        CloningPolicy cloning = new(policy);
        using GrpoTrainer trainer = Runs.Small(
            cloning, options => (options.MaxSteps, options.ReferenceSync) = (2, new ReferenceSyncOptions { Interval = 1 }))
            .AddObserver(new BeforeStep(() => cloning.Clone!.Dispose())).Build();
        await Assert.ThrowsAnyAsync<Exception>(() => trainer.RunAsync());

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.RunAsync());

        Assert.StartsWith("The last run failed while finishing step 1", exception.Message);
        Assert.Contains("Nothing was saved", TrainingFailure.Of(exception)!.Message);
    }

    [Fact]
    public void A_trainer_frees_the_reference_that_it_made_and_not_the_policy()
    {
        using TinyPolicy policy = TestData.Policy();
        CloningPolicy cloning = new(policy);
        using (Runs.Small(cloning, options => options.ReferenceSync = new ReferenceSyncOptions()).Build())
        {
            Assert.All(cloning.Clone!.Parameters, pair => Assert.False(pair.Value.IsInvalid));
        }

        Assert.All(cloning.Clone!.Parameters, pair => Assert.True(pair.Value.IsInvalid));
        Assert.All(policy.Parameters, pair => Assert.False(pair.Value.IsInvalid));
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(0.5, false)]
    public async Task The_divergence_is_that_from_the_synchronized_reference(double mixup, bool isCopy)
    {
        using TinyPolicy still = TestData.Policy();
        TrainingReport without = await Runs.Small(still, _ => { }).RunAsync();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => options.ReferenceSync = new ReferenceSyncOptions
        {
            Interval = 1,
            Mixup = mixup,
        }).RunAsync();

        // With a copy of the policy at each step, every step starts with no divergence at all.
        Assert.All(report.History, metrics => Assert.True(!isCopy || Math.Abs(metrics.Values["kl"]) < 1e-9));
        Assert.True(isCopy || report.History[3].Values["kl"] > 1e-6);
        Assert.True(report.History[3].Values["kl"] < without.History[3].Values["kl"] / 2);
    }

    private sealed class CloningPolicy(IVisionLanguagePolicy policy) : DelegatingPolicy(policy)
    {
        public IVisionLanguagePolicy? Clone { get; private set; }

        public override IVisionLanguagePolicy CloneFrozen() => Clone = base.CloneFrozen();
    }

    private sealed class BeforeStep(Action act) : ITrainingObserver
    {
        public void OnGradients(long step) => act();
    }
}
