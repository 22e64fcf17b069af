using System.Text.RegularExpressions;

namespace MedR1.Modeling;

/// <summary>
/// The two names of a layer that options and files can refer to: that of current transformers releases, and that of older ones,
/// which is also the published name.
/// </summary>
internal static class LoraNames
{
    public static string Current(AdaptableModule module) => module.Name;

    public static string Older(AdaptableModule module) => module.PublishedName;

    /// <summary>Whether a file's tensors have the older names.</summary>
    public static bool AreOlder(IEnumerable<string> tensors, AdapterHost host)
    {
        string[] starts = [.. host.Modules.Where(module => module.PublishedName != module.Name)
            .Select(module => $"{LoraTensor.Prefix}{module.PublishedName}.")];
        return tensors.Any(name => starts.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
    }

    /// <summary>
    /// Returns options that name every layer of a plan by its current name. A file that is written has the current names, which
    /// options with the older ones would not fit.
    /// </summary>
    public static LoraOptions InCurrent(LoraOptions options, IReadOnlyList<LoraLayer> layers)
    {
        LoraLayer[] targets = [.. layers.Where(layer => layer.Rank > 0)];
        return options with
        {
            TargetModules = ModuleSelection.Of([.. targets.Select(layer => layer.Module.Name)]),
            ExcludedModules = null,
            LayersToTransform = null,
            LayersPatterns = [],
            RankPattern = [.. targets.Where(layer => layer.Rank != options.Rank)
                .Select(layer => KeyValuePair.Create(Regex.Escape(layer.Module.Name), layer.Rank))],
            AlphaPattern = [.. targets.Where(layer => !layer.Alpha.Equals(options.Alpha))
                .Select(layer => KeyValuePair.Create(Regex.Escape(layer.Module.Name), layer.Alpha))],
            ModulesToSave = [.. layers.Where(layer => layer.IsSaved).Select(layer => layer.Module.Name)],
        };
    }
}
