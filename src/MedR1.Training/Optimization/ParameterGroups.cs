using TorchSharp.Modules;

namespace MedR1.Training;

/// <summary>Splits a model's parameters into groups.</summary>
public static class ParameterGroups
{
    /// <summary>
    /// Whether weight decay applies to this parameter: it applies to matrices and kernels, but not to biases and norm gains, which have at
    /// most one axis. For Qwen2-VL this matches Hugging Face's trainer, which goes by names and module types (and so misses some gains of
    /// Qwen2.5-VL's vision tower).
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    public static bool IsDecayed(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.dim() > 1;
    }

    /// <summary>
    /// Splits parameters into groups of equal learning rate, each into decayed and other parameters, in the given order.
    /// </summary>
    /// <param name="parameters">The parameters to train, by name.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="weightDecay">The weight decay of the decayed parameters.</param>
    /// <param name="learningRateOf">
    /// The learning rate of a parameter by its name, such as a smaller one for <c>visual.</c>; null, or a null result, means
    /// <paramref name="learningRate"/>.
    /// </param>
    public static IReadOnlyList<ParameterGroup> Create(
        IEnumerable<KeyValuePair<string, Parameter>> parameters,
        double learningRate,
        double weightDecay = 0,
        Func<string, double?>? learningRateOf = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return [.. parameters
            .GroupBy(pair => (Rate: learningRateOf?.Invoke(pair.Key) ?? learningRate, Decayed: IsDecayed(pair.Value)))
            .Select(group => new ParameterGroup(
                $"learning rate {group.Key.Rate.ToText()}, {(group.Key.Decayed ? "decayed" : "not decayed")}", [.. group])
            {
                LearningRate = group.Key.Rate,
                WeightDecay = group.Key.Decayed ? weightDecay : 0,
            })];
    }
}
