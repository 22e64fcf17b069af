using System.Diagnostics;
using System.Globalization;
using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Supervised fine-tuning: the model learns to generate given answers. While a step trains, the next one's examples are encoded on
/// a different thread. Made by <see cref="SftTrainerBuilder"/>.
/// </summary>
/// <remarks>
/// A trainer makes one run at a time, on its own thread. It disposes its optimizer; policy and sinks belong to the caller.
/// </remarks>
public sealed class SftTrainer : IDisposable
{
    private readonly IReadOnlyList<SupervisedExample> _examples;
    private readonly IExampleOrder _order;
    private readonly SftTrainerOptions _options;
    private readonly IReadOnlyList<ITrainingObserver> _observers;
    private readonly MetricDispatcher _dispatcher;
    private readonly ExampleEncoder _encoder;
    private readonly ParameterUpdater _updater;
    private readonly SftUpdate _update;
    private readonly EvaluationRunner _evaluations;
    private readonly CheckpointStore _checkpoints;
    private readonly RunState _state;
    private readonly RunGate _gate;

    internal SftTrainer(
        IVisionLanguagePolicy policy,
        IReadOnlyList<SupervisedExample> examples,
        IExampleOrder order,
        SftTrainerOptions options,
        IReadOnlyList<IMetricSink> sinks,
        IReadOnlyList<ITrainingObserver> observers,
        IReadOnlyList<IEvaluationHook> evaluations,
        string? resumeFrom)
    {
        _gate = new RunGate(nameof(SftTrainer), policy, options);
        _examples = examples;
        _order = order;
        _options = options;
        _observers = observers;
        _dispatcher = new MetricDispatcher(sinks);
        TotalSteps = options.StepsFor(examples.Count, options.ExamplesPerStep);
        try
        {
            _encoder = new ExampleEncoder(policy, options);
            _updater = new ParameterUpdater(policy.Parameters, options, TotalSteps);
            _evaluations = new EvaluationRunner(policy, evaluations, options);
            _update = new SftUpdate(policy, _updater, observers);
            _checkpoints = new CheckpointStore(
                policy, _updater, options, TotalSteps, nameof(SftTrainer), Invariants(policy, examples, order, options));
            _state = resumeFrom is null ? new RunState() : _checkpoints.Load(resumeFrom);
        }
        catch
        {
            // Frozen parameters must require gradients again, and the optimizer's state takes memory.
            Dispose();
            throw;
        }
    }

    /// <summary>The number of optimizer steps in the whole run.</summary>
    public int TotalSteps { get; }

    /// <summary>Trains to the last step, or until the run ends early.</summary>
    /// <param name="cancellationToken">Stops between micro-steps; the weights are then those of the last whole step.</param>
    /// <exception cref="InvalidPromptException">An example can't be encoded, or exceeds the model's context.</exception>
    /// <exception cref="CheckpointException">A checkpoint can't be written.</exception>
    /// <exception cref="InvalidOperationException">
    /// A run of this trainer is in progress; or a different run changes this trainer's network or uses it as its reference; or the first
    /// evaluation or step did not report <see cref="TrainerOptions.BestMetric"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed, or was during the run.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled by this token.</exception>
    /// <exception cref="TimeoutException">
    /// An operation within the run was cancelled, but not by the token, such as an evaluation's request that timed out.
    /// </exception>
    public Task<TrainingReport> RunAsync(CancellationToken cancellationToken = default) =>
        _gate.RunAsync(() => RunLoopAsync(cancellationToken));

    /// <summary>Frees the optimizer; a run in progress ends after its current step, and the optimizer is freed then.</summary>
    public void Dispose() => _gate.Close(() => _updater?.Dispose());

    private static Dictionary<string, string> Invariants(
        IVisionLanguagePolicy policy, IReadOnlyList<SupervisedExample> examples, IExampleOrder order, SftTrainerOptions options)
    {
        Dictionary<string, string> values = new()
        {
            ["order"] = order.GetType().Name,
            [nameof(options.Seed)] = options.Seed.ToString(CultureInfo.InvariantCulture),
            [nameof(options.ExamplesPerStep)] = options.ExamplesPerStep.ToString(CultureInfo.InvariantCulture),
            ["number of examples"] = examples.Count.ToString(CultureInfo.InvariantCulture),
        };
        if (options.ExamplesPerMicroBatch < options.ExamplesPerStep || policy.DropoutSeed is not null)
        {
            // Otherwise sorting only reorders the rows of one pass, where the order makes no difference.
            values.Add(nameof(options.SortByLength), options.SortByLength);
        }

        if (RunSettings.DigestOf(examples.Count, index => Conversation(examples[index])) is string digest)
        {
            values["examples"] = $"text {digest}";
        }

        return values;

        static VqaPrompt? Conversation(SupervisedExample example) => example.Prompt is VqaPrompt prompt
            ? prompt with { Messages = [.. prompt.Messages, ChatMessage.Assistant(example.Completion!)] } : null;
    }

    private Task<TrainingReport> RunLoopAsync(CancellationToken cancellationToken)
    {
        RunReporter reporter = new(
            nameof(SftTrainer), _state, TotalSteps, _options, _dispatcher, _evaluations, _checkpoints, _observers, _gate);
        return reporter.RunAsync(() => MakeStepsAsync(reporter, cancellationToken), cancellationToken);
    }

    private async Task MakeStepsAsync(RunReporter reporter, CancellationToken cancellationToken)
    {
        Task<SftBatch>? next = !reporter.IsOver ? EncodeAsync(_state.Step, cancellationToken) : null;
        try
        {
            while (next is not null && !reporter.IsOver)
            {
                long start = Stopwatch.GetTimestamp();
                SftBatch batch = await next;
                next = _state.Step + 1 < TotalSteps ? EncodeAsync(_state.Step + 1, cancellationToken) : null;
                await LearnAsync(batch, start, reporter, cancellationToken);
            }
        }
        finally
        {
            // Only one thread at a time may access data and order, even if the run is continued right away.
            await (next ?? Task.CompletedTask).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private Task LearnAsync(SftBatch batch, long start, RunReporter reporter, CancellationToken cancellationToken)
    {
        SftStepResult result = _update.Run(batch, _state.Step + 1, cancellationToken);
        _state.Step++;
        _state.Tokens += batch.TokenCount;
        _state.SkippedSteps += result.IsSkipped ? 1 : 0;
        return reporter.EndStepAsync(
            Measure(batch, result, Stopwatch.GetElapsedTime(start).TotalSeconds), cancellationToken);
    }

    private Task<SftBatch> EncodeAsync(long step, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            EncodedExample[] encoded = new EncodedExample[_options.ExamplesPerStep];
            int[] indices = new int[encoded.Length];
            for (int i = 0; i < encoded.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int index = indices[i] = PlaceInOrder.IndexAt(_order, step * encoded.Length + i, _examples.Count);
                SupervisedExample example = UserCode.Call(() => _examples[index], $"Example {index}");
                encoded[i] = _encoder.Encode(example, index, cancellationToken);
            }

            IEnumerable<EncodedExample> sorted = _options.SortByLength
                ? encoded.OrderBy(example => example.TokenCount) : encoded;
            SftBatch batch = new([.. sorted.Chunk(_options.ExamplesPerMicroBatch)]);
            return batch.TotalWeight > 0 ? batch : throw new InvalidDataException(
                $"All tokens of the {encoded.Length} examples of step {step + 1} have the weight 0, so there is nothing to learn from them. "
                + $"Leave out such examples, or weight some of their tokens: {string.Join(", ", indices)}.");
        },
        cancellationToken);

    private Dictionary<string, double> Measure(SftBatch batch, SftStepResult result, double seconds) => new()
    {
        [TrainingMetricNames.Loss] = result.Loss,
        [TrainingMetricNames.GradientNorm] = result.GradientNorm,
        [TrainingMetricNames.LearningRate] = result.LearningRate,
        [TrainingMetricNames.Epoch] = (double)_state.Step * _options.ExamplesPerStep / _examples.Count,
        [TrainingMetricNames.StepSeconds] = seconds,
        [TrainingMetricNames.TokensPerSecond] = batch.TokenCount / seconds,
    };
}
