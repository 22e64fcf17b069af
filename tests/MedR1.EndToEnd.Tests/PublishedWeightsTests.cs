using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Sampling.Remote;
using MedR1.Testing;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.EndToEnd.Tests;

/// <summary>A training run whose completions are sampled by a server that gets the weights through a folder.</summary>
public sealed class PublishedWeightsTests : IDisposable
{
    // Decoding and the training forward pass sum in different orders.
    private const double Tolerance = 1e-4;
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-published-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_step_is_sampled_with_the_weights_of_the_previous_step()
    {
        using TinyPolicy policy = new(new TinyPolicyOptions { Seed = 1 });
        using IVisionLanguagePolicy first = policy.CloneFrozen();
        await using PolicyServer server = await PolicyServer.StartAsync(new TinyPolicy(new TinyPolicyOptions { Seed = 2 }));
        SglangWeights weights = new(server.Endpoint);
        PublishingSampler sampler = new(
            new RemoteSampler(new RemoteSamplerOptions
            {
                Endpoint = server.Endpoint,
                Model = "tiny",
                LogProbabilities = ServerLogProbabilities.TemperatureScaled,
                Weights = weights,
            }),
            policy.Save, _folder, weights.LoadAsync);
        DrawnWith seen = new(policy, first);
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts([.. "abcd".Select(letter => VqaPrompt.Ask($"{letter}?"))])
            .UseSampler(sampler).AddObserver(sampler).AddObserver(seen)
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens, options.LearningRate) =
                (2, 2, 6, 0.01))
            .Build();
        await trainer.RunAsync();

        // The server started with different weights than the training run, and was never asked for a completion with them.
        Assert.Equal(["load", "draw", "draw", "load", "draw", "draw"], server.Events.Select(what => what.Split(' ')[0]));
        string[] versions = [.. server.Events.Select(what => what.Split(' ')[1])];
        Assert.Equal([.. Enumerable.Repeat(versions[0], 3), .. Enumerable.Repeat(versions[3], 3)], versions);
        Assert.NotEqual(versions[0], versions[3]);
        Assert.Equal([0, 0], seen.FromCurrent, (wanted, actual) => Math.Abs(wanted - actual) < Tolerance);
        Assert.Equal(0, seen.FromFirst[0], Tolerance);
        Assert.True(seen.FromFirst[1] > 10 * Tolerance, $"Step 2 is {seen.FromFirst[1]} from what the first weights say.");
    }

    /// <summary>Measures how far the log-probabilities of a rollout are from those of the policy and of another one.</summary>
    private sealed class DrawnWith(IVisionLanguagePolicy policy, IVisionLanguagePolicy other) : IRolloutObserver
    {
        public List<double> FromCurrent { get; } = [];

        public List<double> FromFirst { get; } = [];

        public void OnRollout(Rollout rollout)
        {
            FromCurrent.Add(Distance(rollout, policy));
            FromFirst.Add(Distance(rollout, other));
        }

        private static double Distance(Rollout rollout, IVisionLanguagePolicy policy) => rollout.Groups.Max(
            group => group.Completions.Max(completion => Distance(group.Prompt, completion, policy)));

        private static double Distance(VqaPrompt prompt, Completion completion, IVisionLanguagePolicy policy)
        {
            using IDisposable noGradient = no_grad();
            using TokenStatistics statistics = policy.TokenLogProbabilities(
                [new PackedGroup(policy.Processor.Encode(prompt), [completion.TokenIds])],
                new TokenStatisticsOptions { SuppressedTokenIds = policy.SuppressedTokenIds });
            float[] values = statistics.LogProbabilities.data<float>().ToArray();
            Assert.Equal(values.Length, completion.LogProbabilities.Count);
            return values.Zip(completion.LogProbabilities, (value, drawn) => (double)Math.Abs(value - drawn)).Max();
        }
    }
}
