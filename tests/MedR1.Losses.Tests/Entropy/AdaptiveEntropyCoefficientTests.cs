namespace MedR1.Losses.Tests;

public sealed class AdaptiveEntropyCoefficientTests
{
    [Fact]
    public void A_step_that_begins_anew_discards_its_observations()
    {
        AdaptiveEntropyCoefficient coefficient = new();
        coefficient.Observe(10, 1);
        coefficient.BeginStep();
        coefficient.Observe(2, 4);
        Assert.Equal(0.5, coefficient.EndStep());
    }

    [Fact]
    public void Changes_once_per_step_and_acts_one_step_later()
    {
        AdaptiveEntropyCoefficient controller = new(
            new AdaptiveEntropyOptions { InitialCoefficient = 0.01, Target = 1 });
        Assert.Equal(0, controller.Applied);
        controller.Observe(1, 2);
        controller.Observe(3, 2);
        Assert.Equal(1, controller.EndStep()); // 4 nats over 4 tokens, at the target: up
        Assert.Equal(0.015, controller.Coefficient, 1e-15);
        Assert.Equal(controller.Coefficient, controller.Applied);
        controller.Observe(3, 2);
        controller.EndStep();
        Assert.Equal(0.01, controller.Coefficient, 1e-15);
        Assert.Equal(0, controller.Applied);
    }

    [Fact]
    public void A_step_ignores_the_observations_of_the_previous_one()
    {
        AdaptiveEntropyCoefficient controller = new(new AdaptiveEntropyOptions { InitialCoefficient = 0.01 });
        controller.Observe(4, 2);
        Assert.Equal(2, controller.EndStep());
        controller.Observe(3, 2);
        Assert.Equal(1.5, controller.EndStep()); // Rather than 7 nats over 4 tokens.
        AdaptiveEntropyState state = controller.State;
        Assert.Equal(double.NaN, controller.EndStep());
        Assert.Equal(state, controller.State);
    }

    [Fact]
    public void Continues_from_its_state()
    {
        AdaptiveEntropyCoefficient controller = new() { State = new AdaptiveEntropyState(0.3, 0.1) };
        Assert.Equal(0.3, controller.Applied);
    }

    [Fact]
    public void A_step_without_observations_changes_nothing()
    {
        AdaptiveEntropyCoefficient controller = new(new AdaptiveEntropyOptions { InitialCoefficient = 0.01 });
        Assert.True(double.IsNaN(controller.EndStep()));
        Assert.Equal(new AdaptiveEntropyState(0.01, null), controller.State);
    }

    [Fact]
    public void A_step_without_tokens_has_entropy_zero_and_counts_as_below_the_target()
    {
        // TRL: 0 nats / max(1, 0 tokens) = 0, at most 0.2: 0.01 + 0.005, applied in the next step.
        AdaptiveEntropyCoefficient controller = new(new AdaptiveEntropyOptions { InitialCoefficient = 0.01 });
        controller.Observe(0, 0);
        Assert.Equal(0.0, controller.EndStep());
        Assert.Equal(0.015, controller.Coefficient, 1e-15);
        Assert.Equal(0.0, controller.State.LastEntropy);
        Assert.Equal(controller.Coefficient, controller.Applied);
    }

    [Theory]
    [InlineData(0.0, 0.5, 0.005)] // below the minimum and the target: up by a step, not to the minimum
    [InlineData(0.0, 2.0, 0.1)]
    [InlineData(2.0, 2.0, 1.995)] // above the maximum and the target: down by a step, not to the maximum
    [InlineData(2.0, 0.5, 1.0)]
    public void Beyond_a_bound_it_returns_in_steps(double initial, double entropy, double expected)
    {
        // TRL's GRPOTrainer._compute_loss, entropy_coef_min 0.1, entropy_coef_max 1, entropy_target 1.
        AdaptiveEntropyCoefficient controller = new(
            new AdaptiveEntropyOptions { InitialCoefficient = initial, Target = 1, Minimum = 0.1 });
        controller.Observe(entropy, 1);
        controller.EndStep();
        Assert.Equal(expected, controller.Coefficient, 1e-15);
    }

    [Fact]
    public void Reports_every_mistake()
    {
        AdaptiveEntropyOptions options = new() { Step = -1, Minimum = 2, Target = double.NaN };
        InvalidLossOptionsException exception = Assert.Throws<InvalidLossOptionsException>(
            () => new AdaptiveEntropyCoefficient(options));
        Assert.Equal(3, exception.Errors.Count);
        Assert.StartsWith("The options of the adaptive entropy coefficient have 3 mistakes:", exception.Message);
    }
}
