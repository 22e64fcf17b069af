using MedR1.Modeling;
using Microsoft.Extensions.Options;

namespace MedR1.Training;

/// <summary>
/// What the builders have in common: slots that are filled once, a build that works once, all mistakes at once.
/// </summary>
internal sealed class BuilderSlots(string trainer)
{
    private readonly HashSet<string> _filled = [];
    private bool _isBuilt;

    public List<string> Mistakes { get; } = [];

    /// <summary>Marks a slot as filled.</summary>
    /// <exception cref="InvalidOperationException">It is already, or the builder has built.</exception>
    public void Fill(string call)
    {
        ThrowIfBuilt();
        if (!_filled.Add(call))
        {
            throw new InvalidOperationException(
                $"{call} was called before; a {trainer} has one. Remove one of the calls.");
        }
    }

    /// <exception cref="InvalidOperationException">The builder has built.</exception>
    public void ThrowIfBuilt()
    {
        if (_isBuilt)
        {
            throw new InvalidOperationException(
                $"This builder has built its {trainer}; make a new builder for another one.");
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

    /// <summary>Something must train, and beside weights in 8 bits nothing but an adapter.</summary>
    public void RequireTrainable(IVisionLanguagePolicy policy, TrainerOptions options)
    {
        string[] trained = [.. policy.Parameters
            .Where(pair => pair.Value.requires_grad && options.IsFrozen?.Invoke(pair.Key) != true)
            .Select(pair => pair.Key)];
        bool isQuantized = policy.HasQuantizedWeights();
        Require(
            isQuantized || trained.Length > 0,
            "Every parameter is frozen, so nothing can be learnt: .Configure(options => options.IsFrozen = null).");
        Require(
            !isQuantized || (trained.Length > 0 && trained.All(name => policy.PartOf(name) == ModelPart.Adapter)),
            "The policy holds weights in 8 bits, which don't train, and could not be saved with what the others learn: "
            + "train an adapter on it, LoraPolicy.Create(policy, options, seed), or load it without quantization.");
    }

    /// <summary>An interval, or a best metric, of evaluations needs some.</summary>
    public void RequireEvaluations(TrainerOptions options, int evaluations)
    {
        const string Fix = ".AddEvaluation(\"accuracy\", (context, token) => …).";
        Require(
            evaluations > 0 || (options.EvaluationInterval == 0 && !options.EvaluateAtStart),
            $"There is nothing to evaluate every {options.EvaluationInterval} steps or at the start: {Fix}");
        Require(
            evaluations > 0 || options.BestMetric?.StartsWith("eval/", StringComparison.Ordinal) != true,
            $"The best checkpoint goes by {options.BestMetric}, but nothing measures it: {Fix}");
    }

    /// <summary>Runs what the user gave, so that a mistake there is one of the list.</summary>
    public void Guard(string call, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Mistakes.Add($"{call} threw {exception.GetType().Name}: {exception.Message}");
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
