using System.Reflection;
using MedR1.Losses;

namespace MedR1.Training.Tests;

/// <summary>Every named loss of the library, found by reflection so that new ones are tested too.</summary>
internal static class NamedLosses
{
    private static readonly Dictionary<string, GrpoLossOptions> Presets = typeof(GrpoLossOptions)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Where(property => property.PropertyType == typeof(GrpoLossOptions))
        .ToDictionary(property => property.Name, property => (GrpoLossOptions)property.GetValue(null)!);

    // Terms that no preset has.
    private static readonly Dictionary<string, GrpoLossOptions> Additions = new()
    {
        ["entropy bonus"] = GrpoLossOptions.MedR1 with { EntropyCoefficient = 0.01 },
        ["top entropy"] = GrpoLossOptions.MedR1 with { TopEntropyQuantile = 0.5 },
        ["off-policy mask"] = GrpoLossOptions.MedR1 with { OffPolicyMaskThreshold = 0.5 },
    };

    public static TheoryData<string> Names => [.. Presets.Keys];

    /// <summary>
    /// Excludes BNPO, by definition a mean over the tokens of a pass, and choices of tokens by the covariances of a pass, which depend on
    /// how a step is split.
    /// </summary>
    public static TheoryData<string> NamesOfStepMeans => [.. Presets.Keys.Except(["Bnpo", "ClipCov", "KlCov"])];

    /// <summary>The presets, and terms that none of them has.</summary>
    public static IReadOnlyList<string> NamesWithTerms => [.. Presets.Keys, .. Additions.Keys];

    public static GrpoLoss Of(string name, bool excludesTruncated = false) =>
        new((Presets.GetValueOrDefault(name) ?? Additions[name]) with { MaskTruncatedCompletions = excludesTruncated });
}
