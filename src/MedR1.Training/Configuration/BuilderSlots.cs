using MedR1.Modeling;
using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>
/// What the builders have in common: slots that are filled once, a build that works once, and all mistakes reported at once.
/// </summary>
internal sealed class BuilderSlots(string trainer)
{
    private readonly HashSet<string> _filled = [];
    private bool _isBuilt;

    public List<string> Mistakes { get; } = [];

    /// <summary>Marks a slot as filled.</summary>
    /// <exception cref="InvalidOperationException">The slot is already filled, or the builder has already built.</exception>
    public void Fill(string call, string? insteadOf = null)
    {
        ThrowIfBuilt();
        if (insteadOf is not null && _filled.Contains(insteadOf) || !_filled.Add(call))
        {
            throw new InvalidOperationException(
                $"{(_filled.Contains(call) ? call : insteadOf)} was already called; a {trainer} takes only one. Remove one of the calls.");
        }
    }

    /// <exception cref="InvalidOperationException">The builder has already built.</exception>
    public void ThrowIfBuilt()
    {
        if (_isBuilt)
        {
            throw new InvalidOperationException(
                $"This builder has already built its {trainer}; create a new builder for another one.");
        }
    }

    public void Require(bool holds, string mistake)
    {
        if (!holds)
        {
            Mistakes.Add(mistake);
        }
    }

    public void Take(ValidateOptionsResult result)
    {
        if (result.Failed)
        {
            Mistakes.AddRange(result.Failures);
        }
    }

    /// <summary>Requires that a parameter is trained and, with 8-bit weights, nothing but an adapter.</summary>
    /// <exception cref="ObjectDisposedException">The policy is disposed.</exception>
    public void RequireTrainable(IVisionLanguagePolicy policy, TrainerOptions options)
    {
        LivePolicy.Require(policy);
        string[] trained = [.. policy.Parameters
            .Where(pair => pair.Value.requires_grad && options.IsFrozen?.Invoke(pair.Key) != true)
            .Select(pair => pair.Key)];
        bool isQuantized = policy.HasQuantizedWeights();
        foreach (string prefix in options.FrozenPrefixes.Where(prefix =>
            !policy.Parameters.Any(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))))
        {
            string[] starts = [.. policy.Parameters.Select(pair => $"'{pair.Key.Split('.')[0]}'").Distinct()];
            Mistakes.Add(
                $"No parameter's name begins with '{prefix}', so Freeze would freeze nothing; names begin with "
                + $"{string.Join(", ", starts)}, policy.Parameters lists them all: .Configure(options => options.Freeze(\"…\")).");
        }

        bool takesGradients = policy.Parameters.Any(pair => pair.Value.requires_grad);
        Require(
            isQuantized || takesGradients,
            "No parameter of the policy takes a gradient, so nothing can be learnt: if it has an adapter, give the LoraPolicy to "
            + "the builder; load an adapter to be trained with LoraPolicy.Load(…, isTrainable: true).");
        Require(
            isQuantized || !takesGradients || trained.Length > 0,
            "Every parameter is frozen, so nothing can be learnt: .Configure(options => options.IsFrozen = null).");
        Require(
            !isQuantized || (trained.Length > 0 && trained.All(name => policy.PartOf(name) == ModelPart.Adapter)),
            "The policy has 8-bit weights, which can't be trained, and it could not be saved after training the others: "
            + "train an adapter with LoraPolicy.Create(policy, options, seed), or load the policy without quantization.");
    }

    /// <summary>An evaluation interval, or a best metric from evaluations, requires at least one evaluation.</summary>
    public void RequireEvaluations(TrainerOptions options, IReadOnlyList<IEvaluationHook> evaluations)
    {
        const string Fix = ".AddEvaluation(\"accuracy\", (context, token) => …).";
        Require(
            evaluations.Count > 0 || (options.EvaluationInterval == 0 && !options.EvaluateAtStart),
            $"There is nothing to evaluate every {options.EvaluationInterval} steps or at the start: {Fix}");
        RequireBest(options, evaluations);
        Require(
            evaluations.Count > 0 || options.BestMetric is not string metric || !TrainingMetricNames.IsEvaluation(metric),
            $"The best checkpoint is chosen by {options.BestMetric}, but nothing measures it: {Fix}");
    }

    // The metric of a hook of a different class is not known until it has run.
    private void RequireBest(TrainerOptions options, IReadOnlyList<IEvaluationHook> evaluations)
    {
        string[] names = [.. evaluations.OfType<DelegateEvaluation>().Select(evaluation => evaluation.Name)];
        foreach (IGrouping<string, string> same in names.GroupBy(name => name).Where(same => same.Count() > 1))
        {
            Mistakes.Add(
                $"{same.Count()} evaluations are named '{same.Key}', so one would hide the other: "
                + ".AddEvaluation(\"another name\", …).");
        }

        if (options.BestMetric is not string best || evaluations.Count == 0)
        {
            return;
        }

        string known = string.Join(", ", names.Select(name => $"'{TrainingMetricNames.Evaluation(name)}'"));
        Require(
            !names.Contains(best) || TrainingMetricNames.IsOfTraining(best, options is RolloutTrainerOptions),
            $"BestMetric is '{best}', which is the name of an evaluation; its metric is "
            + $".Configure(options => options.BestMetric = \"{TrainingMetricNames.Evaluation(best)}\"). For the training's own metric "
            + "of that name, rename the evaluation: .AddEvaluation(\"another name\", …).");
        Require(
            names.Length < evaluations.Count || !TrainingMetricNames.IsEvaluation(best)
                || names.Any(name => TrainingMetricNames.Evaluation(name) == best),
            $"BestMetric is '{best}', but the evaluations measure {known}: .Configure(options => options.BestMetric = …).");
    }

    /// <summary>Allows changed settings only in a resumed run.</summary>
    public void RequireResume(ResumePoint? resume, IReadOnlyList<string> allowedChanges) => Require(
        resume is not null || allowedChanges.Count == 0,
        "There is no checkpoint whose settings could change: .ResumeFrom(folder), or remove .AllowChangedSettings.");

    /// <summary>Fills the slot that <c>ResumeFrom</c> and <c>ResumeIfAny</c> share.</summary>
    public ResumePoint FillResume(string folder, bool isOptional)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        (string from, string ifAny) = ("ResumeFrom", "ResumeIfAny");
        Fill(isOptional ? ifAny : from, insteadOf: isOptional ? from : ifAny);
        return new ResumePoint(folder, isOptional);
    }

    /// <summary>Runs user code; an exception from it becomes one of the mistakes.</summary>
    public void Guard(string call, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Mistakes.Add($"{call} threw {ForeignExceptions.Describe(exception)}");
        }
    }

    /// <exception cref="TrainerConfigurationException">There are mistakes.</exception>
    public void Finish()
    {
        if (Mistakes.Count > 0)
        {
            string[] mistakes = [.. Mistakes];
            Mistakes.Clear();
            throw new TrainerConfigurationException(trainer, mistakes);
        }

        _isBuilt = true;
    }
}
