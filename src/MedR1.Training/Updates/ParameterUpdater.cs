using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>The parameters that a run trains, with their optimizer, schedule and clipping.</summary>
internal sealed class ParameterUpdater : IDisposable
{
    private const string WeightPrefix = "weight.";

    private readonly IReadOnlyList<KeyValuePair<string, Parameter>> _parameters;
    private readonly List<Parameter> _frozenHere = [];
    private readonly HashSet<string> _learntBefore = [];
    private readonly AdamWOptimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly TrainerOptions _options;
    private long? _broken;

    public ParameterUpdater(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters, TrainerOptions options, int totalSteps)
    {
        _parameters = parameters;
        _options = options;
        _schedule = options.MakeSchedule(totalSteps);
        try
        {
            (Trainable, _optimizer) = Prepare(parameters, options);
        }
        catch
        {
            Unfreeze();
            throw;
        }
    }

    /// <summary>The trainable parameters, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Trainable { get; }

    /// <summary>
    /// The last step that was made or begun, from 1. If it is beyond the step that the run has counted, the parameters may belong to
    /// neither step. A skipped step changes nothing.
    /// </summary>
    public long Reached { get; private set; }

    /// <summary>Which parameters are frozen and at what rates the others learn, as described in a checkpoint.</summary>
    public Dictionary<string, string> Settings => LearntParameters.Settings(_parameters, Trainable, _options);

    /// <summary>
    /// Describes the rates that <see cref="TrainerOptions.LearningRateOf"/> sets, assuming a given learning rate of the run.
    /// </summary>
    public string RatesBeside(double learningRate) =>
        LearntParameters.Rates(_parameters, Trainable, _options.LearningRateOf, learningRate);

    /// <summary>Clips the gradients and determines whether they allow a step.</summary>
    /// <exception cref="InvalidOperationException">An earlier step failed while updating the parameters.</exception>
    public UpdateResult Clip()
    {
        RequireWhole();
        double norm = GradientClipping.ClipNorm(
            Trainable.Select(pair => pair.Value),
            _options.MaxGradientNorm > 0 ? _options.MaxGradientNorm : double.PositiveInfinity);
        return new UpdateResult(norm, double.IsFinite(norm));
    }

    /// <summary>Updates the parameters and returns the learning rate used.</summary>
    /// <param name="stepsBefore">The number of steps made or skipped before: 0 for the first, which a report calls step 1.</param>
    /// <exception cref="InvalidOperationException">An earlier step failed while updating the parameters.</exception>
    public double Step(long stepsBefore)
    {
        RequireWhole();
        Reached = stepsBefore + 1;
        double factor = _schedule.Factor(stepsBefore);
        _broken = Reached;
        _optimizer.Step(factor);
        _broken = null;

        // Not kept until the next backward pass, because a rollout needs the memory for its KV cache.
        ZeroGradients();
        return _options.LearningRate * factor;
    }

    /// <summary>Skips a step: the gradients are dropped, the schedule advances.</summary>
    /// <param name="stepsBefore">The number of steps made or skipped before: 0 for the first, which a report calls step 1.</param>
    public double Skip(long stepsBefore)
    {
        ZeroGradients();
        return _options.LearningRate * _schedule.Factor(stepsBefore);
    }

    /// <summary>
    /// The state needed to resume: the optimizer's state and, as <c>weight.…</c>, the parameters that have no master copy in it, including
    /// those that were trained until they were deliberately frozen.
    /// </summary>
    /// <returns>The tensors themselves, not copies; write them before the next step.</returns>
    public Dictionary<string, Tensor> GetState()
    {
        Dictionary<string, Tensor> state = new(_optimizer.GetState());
        foreach ((string name, Parameter parameter) in Trainable.Concat(Stopped(_learntBefore.Contains)))
        {
            if (!state.ContainsKey(OptimizerStateNames.MasterWeight(name)))
            {
                state.Add(WeightPrefix + name, parameter);
            }
        }

        return state;
    }

    /// <summary>Resumes from a state.</summary>
    /// <exception cref="OptimizerStateException">The state does not fit; nothing has changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        RequireFit(state);
        _optimizer.LoadState(OfOptimizer(state));
        using IDisposable guard = no_grad();
        foreach ((string name, Parameter parameter) in Trainable)
        {
            if (state.TryGetValue(WeightPrefix + name, out Tensor? value))
            {
                parameter.copy_(value);
            }
        }

        // The policy was built with the weights from the start of the run.
        foreach ((string name, Parameter parameter) in Stopped(name => WeightIn(state, name) is not null))
        {
            parameter.copy_(WeightIn(state, name)!);
            _learntBefore.Add(name);
        }
    }

    // For example, if memory ran out: parameters and their moments then belong partly to one step and partly to the next.
    private void RequireWhole()
    {
        if (_broken is long step)
        {
            throw new InvalidOperationException(
                $"The optimizer failed in the middle of step {step}, so some parameters were updated and others not. Build a new policy "
                + "and trainer, and resume from the last checkpoint: .ResumeFrom(…).");
        }
    }

    /// <summary>Rejects a state that the run can't resume from.</summary>
    /// <exception cref="OptimizerStateException">The state does not fit.</exception>
    public void RequireFit(IReadOnlyDictionary<string, Tensor> state)
    {
        string[] wrong = [.. Trainable.Where(pair => !Begins(pair.Key, state))
            .Concat(Stopped(name => WeightIn(state, name) is not null)).Where(pair => !Fits(pair, state))
            .Select(pair => $"'{WeightPrefix}{pair.Key}' is missing or has a different shape.")];
        if (wrong.Length > 0)
        {
            throw new OptimizerStateException(wrong);
        }

        _optimizer.RequireFit(OfOptimizer(state));
    }

    /// <summary>Frees the optimizer and makes the parameters that this updater froze require gradients again.</summary>
    public void Dispose()
    {
        // The policy may have been disposed before its trainer.
        if (Trainable.All(pair => !pair.Value.IsInvalid))
        {
            ZeroGradients();
        }

        _optimizer.Dispose();
        Unfreeze();
    }

    /// <summary>Drops the gradients.</summary>
    public void ZeroGradients() => _optimizer.ZeroGradients();

    private (IReadOnlyList<KeyValuePair<string, Parameter>> Trainable, AdamWOptimizer Optimizer) Prepare(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters, TrainerOptions options)
    {
        foreach ((string name, Parameter parameter) in parameters)
        {
            if (parameter.requires_grad && options.IsFrozen?.Invoke(name) == true)
            {
                parameter.requires_grad = false;
                _frozenHere.Add(parameter);
            }
        }

        KeyValuePair<string, Parameter>[] trainable = [.. parameters.Where(pair => pair.Value.requires_grad)];
        return (trainable, new AdamWOptimizer(
            ParameterGroups.Create(trainable, options.LearningRate, options.WeightDecay, options.LearningRateOf),
            options.Optimizer));
    }

    private void Unfreeze()
    {
        foreach (Parameter parameter in _frozenHere.Where(parameter => !parameter.IsInvalid))
        {
            parameter.requires_grad = true;
        }

        _frozenHere.Clear();
    }

    // If the set of trained parameters may change, newly trained parameters have no state yet, and newly frozen ones no longer need theirs.
    private bool MayFreezeOthers => _options.AllowedChanges.Contains(nameof(_options.IsFrozen));

    private IEnumerable<KeyValuePair<string, Parameter>> Stopped(Func<string, bool> condition) =>
        _parameters.Where(pair => !pair.Value.requires_grad && condition(pair.Key));

    private Dictionary<string, Tensor> OfOptimizer(IReadOnlyDictionary<string, Tensor> state)
    {
        HashSet<string> ended = MayFreezeOthers ? [.. Stopped(_ => true).SelectMany(pair => OptimizerStateNames.Of(pair.Key))] : [];
        return state
            .Where(pair => !pair.Key.StartsWith(WeightPrefix, StringComparison.Ordinal) && !ended.Contains(pair.Key))
            .ToDictionary();
    }

    private bool Begins(string name, IReadOnlyDictionary<string, Tensor> state) =>
        MayFreezeOthers && !OptimizerStateNames.Of(name).Append(WeightPrefix + name).Any(state.ContainsKey);

    private static Tensor? WeightIn(IReadOnlyDictionary<string, Tensor> state, string name) =>
        state.GetValueOrDefault(OptimizerStateNames.MasterWeight(name)) ?? state.GetValueOrDefault(WeightPrefix + name);

    private static bool Fits(KeyValuePair<string, Parameter> pair, IReadOnlyDictionary<string, Tensor> state) =>
        WeightIn(state, pair.Key)?.shape.SequenceEqual(pair.Value.shape) == true;
}
