using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class ParameterUpdaterTests
{
    [Fact]
    public void No_step_follows_one_that_failed_halfway()
    {
        using Parameter first = WithGradient(), second = WithGradient();
        using ParameterUpdater updater = new(
            [new("first", first), new("second", second)], new GrpoTrainerOptions { LearningRate = 0.1 }, totalSteps: 4);
        updater.Step(0);
        Give(first);

        // Disposed while the optimizer runs, to simulate running out of memory there.
        second.Dispose();
        Assert.ThrowsAny<Exception>(() => updater.Step(1));

        string message = Assert.Throws<InvalidOperationException>(() => updater.Step(1)).Message;
        Assert.StartsWith("The optimizer failed in the middle of step 2", message);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => updater.Clip()).Message);
    }

    [Fact]
    public void A_skipped_step_changed_nothing_and_a_begun_one_did()
    {
        using Parameter parameter = WithGradient();
        using ParameterUpdater updater = new([new("first", parameter)], new PpoTrainerOptions(), totalSteps: 4);
        ICheckpointParts critic = new CriticCheckpoint(updater);
        updater.Skip(0);

        // The rollout that follows needs the memory of the gradients.
        Assert.Null(parameter.grad);
        Assert.Equal((0, false), (updater.Reached, critic.IsBeyond(0)));

        Give(parameter);
        updater.Step(1);
        Assert.Null(parameter.grad);
        Assert.Equal((2, true), (updater.Reached, critic.IsBeyond(1)));
        Assert.False(critic.IsBeyond(2));
    }

    private static Parameter WithGradient()
    {
        Parameter parameter = new(ones(3));
        Give(parameter);
        return parameter;
    }

    private static void Give(Parameter parameter)
    {
        using Tensor gradient = ones(3);
        parameter.grad = gradient;
    }
}
