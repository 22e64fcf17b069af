using System.Globalization;
using TorchSharp.Modules;

namespace MedR1.Training;

/// <summary>
/// Says for a checkpoint which parameters stay and at what rates the others learn: the functions of the options can't be compared, what
/// they say of a policy's parameters can.
/// </summary>
internal static class LearntParameters
{
    /// <summary>The settings, by the options that they come of.</summary>
    /// <param name="parameters">All parameters.</param>
    /// <param name="groups">Those that learn, by rate.</param>
    /// <param name="learningRate">The rate of those that no function gives one.</param>
    public static Dictionary<string, string> Settings(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters, IReadOnlyList<ParameterGroup> groups, double learningRate)
    {
        string[] frozen = [.. parameters.Select(pair => pair.Key)
            .Except(groups.SelectMany(group => group.Parameters).Select(pair => pair.Key))];

        // A model has hundreds of them: their number and a digest tell two lists apart.
        string Tell(string[] names) => string.Create(
            CultureInfo.InvariantCulture, $"{names.Length} of {parameters.Count} parameters (names ")
            + $"{RunSettings.DigestOf(string.Join('\n', names.Order(StringComparer.Ordinal)))})";

        // A function that gives all of them the run's own rate says what no function says.
        string[] rates = [.. groups.Where(group => group.LearningRate != learningRate)
            .GroupBy(group => group.LearningRate, group => group.Parameters.Select(pair => pair.Key)).OrderBy(rate => rate.Key)
            .Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Key} for {Tell([.. rate.SelectMany(names => names)])}"))];
        return new Dictionary<string, string>
        {
            [nameof(TrainerOptions.IsFrozen)] = frozen.Length == 0 ? RunSettings.None : Tell(frozen),
            [nameof(TrainerOptions.LearningRateOf)] = rates.Length == 0 ? RunSettings.None : string.Join(", ", rates),
        };
    }
}
