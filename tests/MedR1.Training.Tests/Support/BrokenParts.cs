using System.Runtime.CompilerServices;
using MedR1.Modeling;
using MedR1.Sampling;

namespace MedR1.Training.Tests;

/// <summary>Parts of a run, one of which throws once: those around a rollout in the n-th, the others in the n-th step.</summary>
internal sealed class BrokenParts(string place, int at, Func<Exception> fail) : IRolloutObserver, ISftObserver
{
    private int _rollouts;
    private int _failed;

    /// <summary>Every part that a GRPO run calls between the end of a step and the optimizer.</summary>
    public static TheoryData<string> Places { get; } =
        ["sampler", "reward", nameof(OnRollout), "planner", nameof(OnMicroStep), nameof(OnGradients)];

    /// <summary>Adds all parts; the policy samples the completions itself.</summary>
    public GrpoTrainerBuilder AddTo(GrpoTrainerBuilder builder, IVisionLanguagePolicy policy) => builder
        .UseSampler(new Sampler(new LocalSampler(policy), this))
        .UseUpdatePlanner(new Planner(this))
        .AddReward("fine", _ =>
        {
            Break("reward", _rollouts);
            return 0;
        })
        .AddObserver(this)
        .Configure(options => options.StopOnRewardFailure = true);

    public void Break(string here, long now)
    {
        if (here == place && now == at && Interlocked.Exchange(ref _failed, 1) == 0)
        {
            throw fail();
        }
    }

    public void OnRollout(Rollout rollout) => Break(nameof(OnRollout), _rollouts);

    public void OnMicroStep(PolicyMicroStep microStep) => Break(nameof(OnMicroStep), microStep.Step);

    public void OnMicroStep(long step, int microStep, TorchSharp.torch.Tensor logProbabilities) =>
        Break(nameof(OnMicroStep), step);

    public void OnGradients(long step) => Break(nameof(OnGradients), step);

    public void OnStep(StepMetrics metrics) => Break(nameof(OnStep), metrics.Step);

    private sealed class Sampler(ISampler inner, BrokenParts parts) : ISampler
    {
        public async IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            parts._rollouts++;
            await foreach (CompletionGroup group in inner.SampleAsync(prompts, options, cancellationToken))
            {
                yield return group;
                parts.Break("sampler", parts._rollouts);
            }
        }
    }

    private sealed class Planner(BrokenParts parts) : IUpdatePlanner
    {
        private readonly WholeGroupPlanner _inner = new();

        public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options)
        {
            parts.Break("planner", parts._rollouts);
            return _inner.Plan(rollout, options);
        }
    }
}
