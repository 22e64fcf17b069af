using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Modeling;

/// <summary>Determines the layers of a network that an adapter changes, by PEFT's rules.</summary>
internal static class LoraPlan
{
    /// <summary>Determines the layers of a new adapter. Options with the older names are rewritten in the current ones.</summary>
    /// <param name="options">The adapter's options.</param>
    /// <param name="host">The network.</param>
    /// <param name="mistakes">Receives the mistakes.</param>
    public static (LoraOptions Options, IReadOnlyList<LoraLayer> Layers) ForNew(
        LoraOptions options, AdapterHost host, List<string> mistakes)
    {
        List<string> found = [];
        IReadOnlyList<LoraLayer> layers = Make(options, host, LoraNames.Current, isFromFile: false, found);
        if (found.Count > 0)
        {
            List<string> more = [];
            IReadOnlyList<LoraLayer> older = Make(options, host, LoraNames.Older, isFromFile: false, more);
            if (more.Count == 0)
                return (LoraNames.InCurrent(options, older), older);
        }

        mistakes.AddRange(found);
        return (options, layers);
    }

    /// <param name="options">The adapter's options.</param>
    /// <param name="host">The network.</param>
    /// <param name="nameOf">Which of a layer's names the options refer to.</param>
    /// <param name="isFromFile">
    /// Whether the adapter is loaded from a file. Listed names that match no layer, and alphas of 0 or below, are then accepted,
    /// as in PEFT.
    /// </param>
    /// <param name="mistakes">Receives the mistakes.</param>
    public static IReadOnlyList<LoraLayer> Make(
        LoraOptions options, AdapterHost host, Func<AdaptableModule, string> nameOf, bool isFromFile, List<string> mistakes)
    {
        int before = mistakes.Count;
        mistakes.AddRange(LoraOptionsRules.Mistakes(options, isFromFile));
        if (mistakes.Count > before)
            return [];
        try
        {
            List<LoraLayer> layers = Find(options, host, nameOf, mistakes);
            RequireTargets(options, host, nameOf, layers, isFromFile, mistakes);
            return layers;
        }
        catch (RegexMatchTimeoutException exception)
        {
            mistakes.Add(
                $"'{exception.Pattern}' was still being compared with '{exception.Input}' after {exception.MatchTimeout.TotalSeconds.ToText()} seconds; "
                + "give a simpler pattern.");
            return [];
        }
    }

    private static List<LoraLayer> Find(
        LoraOptions options, AdapterHost host, Func<AdaptableModule, string> nameOf, List<string> mistakes)
    {
        List<LoraLayer> layers = [];
        foreach (AdaptableModule module in host.Modules)
        {
            string name = nameOf(module);
            AdaptableLayerKind kind = module.Layer.Kind;
            bool isSaved = options.ModulesToSave.Any(saved => IsInside(name, saved));
            bool isTarget = !isSaved && IsTarget(options, name, kind, mistakes);
            if (isSaved && module.Layer.Quantized is not null)
            {
                mistakes.Add(
                    $"The module {name} is quantized to 8 bits, so a copy of it (modules_to_save) would not start from the "
                    + "original weights; leave it out, or load the base without quantization.");
                continue;
            }

            if (isTarget && kind == AdaptableLayerKind.Normalization)
            {
                mistakes.Add(
                    $"The target {name} is a normalization layer, which has no low-rank update; leave it out of target_modules, or "
                    + "name it in modules_to_save.");
                continue;
            }

            if (isTarget && options.UseDora && kind != AdaptableLayerKind.Linear)
            {
                mistakes.Add(
                    $"The target {name} is not a linear layer, and DoRA is supported only for those; leave it out of "
                    + "target_modules, or set use_dora to false.");
                continue;
            }

            if (isTarget && options.UpHasBias && kind == AdaptableLayerKind.Embedding)
            {
                mistakes.Add(
                    $"The target {name} is an embedding table, whose update has no bias, as in PEFT; leave it out of target_modules, "
                    + "or set lora_bias to false.");
                continue;
            }

            bool trainsBias = !isSaved && module.Layer.Bias is not null
                && (options.Bias == LoraBias.All || (options.Bias == LoraBias.LoraOnly && isTarget));
            int rank = isTarget ? ValueOf(options.RankPattern, name) ?? options.Rank : 0;
            double alpha = ValueOf(options.AlphaPattern, name) ?? options.Alpha;
            double scale = rank == 0 ? 0 : alpha / (options.UseRslora ? Math.Sqrt(rank) : rank);
            if (isTarget || isSaved || trainsBias)
                layers.Add(new LoraLayer(module, rank, alpha, scale, isSaved, trainsBias));
        }

        return layers;
    }

    private static bool IsTarget(LoraOptions options, string name, AdaptableLayerKind kind, List<string> mistakes)
    {
        if (options.ExcludedModules is { } excluded && excluded.IncludesName(name))
            return false;
        if (options.ModulesToSave.Any(saved => ModulePatterns.MatchesStart(name, ModulePatterns.Containing(saved))))
            return false;
        if (!options.TargetModules.Includes(name, kind))
            return false;

        // A target given by its full name is included regardless of its layer's index.
        if (options.LayersToTransform is not { Count: > 0 } numbers || options.TargetModules.Names!.Contains(name))
            return true;
        return NumberOf(name, options.LayersPatterns, mistakes) is { } number && numbers.Contains(number);
    }

    // Whether the name of the module, or of a module that contains it, ends with the given text.
    private static bool IsInside(string name, string saved)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            if (name.AsSpan(0, end).EndsWith(saved, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // PEFT reads the first group, which is not the number if the pattern has a group of its own.
    private static int? NumberOf(string name, IReadOnlyList<string> lists, List<string> mistakes)
    {
        foreach (string list in lists.Count == 0 ? [@"[^.]*"] : lists)
        {
            Match match = ModulePatterns.Compiled(ModulePatterns.NumberAfter(list)).Match(new CodePointText(name));
            if (!match.Success)
                continue;
            if (int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return number;
            string mistake = $"layers_pattern has '{list}', whose group is '{match.Groups[1].Value}' where PEFT expects the number of "
                + "a layer; write (?:…) for a group of another kind.";
            if (!mistakes.Contains(mistake))
                mistakes.Add(mistake);
            return null;
        }

        return null;
    }

    private static T? ValueOf<T>(IReadOnlyList<KeyValuePair<string, T>> patterns, string name)
        where T : struct
    {
        foreach ((string pattern, T value) in patterns)
        {
            if (ModulePatterns.MatchesStart(name, ModulePatterns.EndOf(pattern)))
                return value;
        }

        return null;
    }

    private static void RequireTargets(
        LoraOptions options, AdapterHost host, Func<AdaptableModule, string> nameOf, List<LoraLayer> layers, bool isFromFile,
        List<string> mistakes)
    {
        string known = string.Join(", ", host.Modules.Where(module => module.Layer.Kind == AdaptableLayerKind.Linear)
            .Select(module => LastOf(module.Name)).Distinct(StringComparer.Ordinal));
        bool isNamed = options.TargetModules.Names is not { Count: 0 };
        if (isNamed && mistakes.Count == 0 && !layers.Exists(layer => layer.Rank > 0))
        {
            mistakes.Add(
                $"target_modules is '{options.TargetModules}', which matches no layer of the model. Its layers are {known}.");
        }
        else if (!isFromFile)
        {
            mistakes.AddRange((options.TargetModules.Names ?? [])
                .Where(target => !host.Modules.Any(module => ModuleSelection.IsNamed(nameOf(module), target)))
                .Select(target => $"The model has no layer '{target}' (target_modules). Its layers are {known}."));
        }

        if (!isFromFile || layers.Count == 0)
        {
            mistakes.AddRange(options.ModulesToSave
                .Where(saved => !host.Modules.Any(module => IsInside(nameOf(module), saved)))
                .Select(saved => $"The model has no module '{saved}' (modules_to_save). Its layers are {known}."));
        }
    }

    private static string LastOf(string name)
    {
        string[] parts = name.Split('.');
        return char.IsAsciiDigit(parts[^1][0]) ? string.Join('.', parts[^2..]) : parts[^1];
    }
}
