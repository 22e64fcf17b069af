using System.Globalization;
using Parameters = System.Collections.Generic.IReadOnlyList<
    System.Collections.Generic.KeyValuePair<string, TorchSharp.Modules.Parameter>>;

namespace MedR1.Training;

/// <summary>
/// Describes for a checkpoint which parameters are frozen and at what rates the others learn: the functions in the options can't be
/// compared, but what they return for a policy's parameters can.
/// </summary>
internal static class LearntParameters
{
    /// <summary>The settings, by the names of the options that they come from.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="trainable">The trained parameters.</param>
    /// <param name="options">The options.</param>
    public static Dictionary<string, string> Settings(Parameters parameters, Parameters trainable, TrainerOptions options)
    {
        string[] frozen = [.. parameters.Select(pair => pair.Key).Except(trainable.Select(pair => pair.Key))];
        return new Dictionary<string, string>
        {
            [nameof(TrainerOptions.IsFrozen)] = frozen.Length == 0 ? RunSettings.None : Tell(frozen, parameters),
            [nameof(TrainerOptions.LearningRateOf)] = Rates(parameters, trainable, options.LearningRateOf, options.LearningRate),
        };
    }

    /// <summary>The learning rates that differ from the run's own, each with the parameters that it applies to.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="trainable">The trained parameters.</param>
    /// <param name="rateOf">The function; one that returns the run's own rate for every parameter counts as none.</param>
    /// <param name="learningRate">The run's own rate.</param>
    public static string Rates(Parameters parameters, Parameters trainable, Func<string, double?>? rateOf, double learningRate)
    {
        string[] rates = [.. trainable.Select(pair => pair.Key).GroupBy(name => rateOf?.Invoke(name) ?? learningRate)
            .Where(rate => rate.Key != learningRate).OrderBy(rate => rate.Key)
            .Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Key} for {Tell([.. rate], parameters)}"))];
        return rates.Length == 0 ? RunSettings.None : string.Join(", ", rates);
    }

    // A model has hundreds of parameters: their number and a digest are enough to tell two lists apart.
    private static string Tell(string[] names, Parameters parameters) => string.Create(
        CultureInfo.InvariantCulture, $"{names.Length} of {parameters.Count} parameters (names ")
        + $"{RunSettings.DigestOf(string.Join('\n', names.Order(StringComparer.Ordinal)))})";
}
