namespace MedR1.Training;

/// <summary>An evaluation given as a lambda.</summary>
internal sealed class DelegateEvaluation(
    string name, Func<EvaluationContext, CancellationToken, ValueTask<double>> evaluate) : IEvaluationHook
{
    public string Name => name;

    public async ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
        EvaluationContext context, CancellationToken cancellationToken = default) =>
        new Dictionary<string, double> { [name] = await evaluate(context, cancellationToken) };
}
