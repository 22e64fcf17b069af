using MedR1.Losses;
using MedR1.Testing;
using TorchSharp.Modules;

namespace MedR1.Training.Tests;

public sealed class PpoTrainerBuilderTests : IDisposable
{
    private readonly TinyPolicy _policy = TestData.Policy();

    [Fact]
    public void Every_mistake_is_reported_at_once_with_the_call_that_fixes_it()
    {
        using ValueModel critic = new(_policy);
        PpoTrainerBuilder builder = new PpoTrainerBuilder(_policy)
            .UseCritic(critic)
            .UseReference(_policy)
            .UseLoss(new PpoLossOptions { ValueClip = -1, ValueCoefficient = double.NaN })
            .UseTargets(new PpoTargetOptions { Discount = 2, Lambda = -1, KlCoefficient = double.NaN })
            .Configure(options =>
            {
                options.GroupSize = 0;
                options.LearningRate = -1;
                options.CriticLearningRate = 0;
                options.TruncationPenalty = -1;
                options.SaveInterval = 5;
            });

        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(builder.Build);

        string[] expected =
        [
            "LearningRate is -1", "OutputFolder is null, but SaveInterval 5", "GroupSize is 0",
            "CriticLearningRate is 0", "TruncationPenalty is -1", "There is no data: .UseDataset",
            "There is no prompt template for the examples", "There is no reward", "The reference is the policy itself",
            "ValueCoefficient is NaN", "ValueClip is -1", "Discount is 2", "Lambda is -1", "KlCoefficient is NaN",
            "The critic's network is the policy's",
        ];
        Assert.Equal(expected.Length, exception.Errors.Count);
        Assert.All(expected.Zip(exception.Errors), pair => Assert.Contains(pair.First, pair.Second));
        Assert.All(exception.Errors, mistake => Assert.Matches(@"\.(Use|Add|Configure)", mistake));
        Assert.Contains("The PpoTrainer can't be built, 15 mistakes", exception.Message);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0.1, 0, true)]
    [InlineData(0, 0.1, true)]
    public void An_unused_reference_is_refused(double ofTargets, double ofLoss, bool isUsed)
    {
        using TinyPolicy reference = TestData.Policy(seed: 2);
        PpoTrainerBuilder builder = PpoRuns.Small(_policy, _ => { })
            .UseReference(reference)
            .UseTargets(PpoTargetOptions.LanguageModel with { KlCoefficient = ofTargets })
            .UseLoss(PpoLossOptions.LanguageModel with { Policy = new GrpoLossOptions { KlCoefficient = ofLoss } });

        if (isUsed)
        {
            builder.Build().Dispose();
            return;
        }

        Assert.StartsWith(
            "Neither targets nor loss need a reference",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Theory]
    [InlineData(true, 1, false)]
    [InlineData(true, 0, true)]
    [InlineData(false, 1, true)]
    public void A_penalty_for_completions_that_the_loss_excludes_is_refused(bool leavesOut, double penalty, bool isGood)
    {
        PpoTrainerBuilder builder = PpoRuns.Small(_policy, options => options.TruncationPenalty = penalty)
            .UseLoss(PpoLossOptions.LanguageModel with { Policy = new GrpoLossOptions { MaskTruncatedCompletions = leavesOut } });

        if (isGood)
        {
            builder.Build().Dispose();
            return;
        }

        Assert.Contains(
            "none would get the TruncationPenalty 1",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Fact]
    public void A_policy_without_hidden_states_needs_a_critic_of_another_policy()
    {
        using FullDiskPolicy hidden = new(_policy, failAt: 1);

        Assert.Contains(
            "A FullDiskPolicy exposes no hidden states",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(
                PpoRuns.Small(hidden, _ => { }).Build).Errors));
        using ValueModel critic = ValueModel.CopyOf(_policy);
        PpoRuns.Small(hidden, _ => { }).UseCritic(critic).Build().Dispose();
    }

    [Fact]
    public void A_critic_does_not_change_the_reference()
    {
        using TinyPolicy start = TestData.Policy(seed: 2);
        using ValueModel whole = new(start), head = ValueModel.HeadOn(start);

        Assert.StartsWith(
            "The critic's network is also the reference's", Assert.Single(Assert.Throws<TrainerConfigurationException>(Of(whole).Build).Errors));
        Of(head).Build().Dispose();

        foreach ((_, Parameter parameter) in start.Parameters)
        {
            parameter.requires_grad = false;
        }

        Of(whole).Build().Dispose();

        PpoTrainerBuilder Of(ValueModel critic) => PpoRuns.Small(_policy, _ => { }).UseReference(start).UseCritic(critic)
            .UseTargets(PpoTargetOptions.LanguageModel with { KlCoefficient = 0.1 });
    }

    [Fact]
    public void Every_slot_is_filled_once()
    {
        using ValueModel critic = ValueModel.CopyOf(_policy);
        Dictionary<string, Action<PpoTrainerBuilder>> slots = new()
        {
            ["UseLoss"] = builder => builder.UseLoss(PpoLossOptions.LanguageModel),
            ["UseTargets"] = builder => builder.UseTargets(PpoTargetOptions.LanguageModel),
            ["UseCritic"] = builder => builder.UseCritic(critic),
        };

        Assert.All(slots, slot =>
        {
            PpoTrainerBuilder builder = new(_policy);
            slot.Value(builder);
            Assert.StartsWith(
                $"{slot.Key} was already called",
                Assert.Throws<InvalidOperationException>(() => slot.Value(builder)).Message);
        });
    }

    [Fact]
    public void A_builder_builds_once()
    {
        PpoTrainerBuilder builder = PpoRuns.Small(_policy, _ => { });
        builder.Build().Dispose();

        Assert.Contains("has already built its PpoTrainer", Assert.Throws<InvalidOperationException>(builder.Build).Message);
    }

    public void Dispose() => _policy.Dispose();
}
