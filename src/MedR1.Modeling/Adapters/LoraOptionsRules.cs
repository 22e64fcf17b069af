namespace MedR1.Modeling;

/// <summary>Checks options independently of the model.</summary>
internal static class LoraOptionsRules
{
    /// <param name="options">The adapter's options.</param>
    /// <param name="isFromFile">
    /// Whether the adapter is loaded from a file. Then an alpha of 0, which disables the update, or below 0, which negates it, is
    /// accepted as in PEFT; in a new adapter it is an error. So is all-linear as exclusion, which excludes nothing.
    /// </param>
    public static IEnumerable<string> Mistakes(LoraOptions options, bool isFromFile)
    {
        if (options.Rank < 1)
            yield return $"The rank (r) is {options.Rank}; give at least 1.";
        foreach ((string pattern, int rank) in options.RankPattern.Where(pair => pair.Value < 1))
        {
            yield return $"rank_pattern gives '{pattern}' the rank {rank}; give at least 1.";
        }

        if (!IsAlpha(options.Alpha, isFromFile))
            yield return $"Alpha (lora_alpha) is {options.Alpha.ToText()}; give a finite number above 0.";
        foreach ((string pattern, double alpha) in options.AlphaPattern.Where(pair => !IsAlpha(pair.Value, isFromFile)))
        {
            yield return $"alpha_pattern gives '{pattern}' the alpha {alpha.ToText()}; give a finite number above 0.";
        }

        foreach (string mistake in Repeated("rank_pattern", options.RankPattern).Concat(Repeated("alpha_pattern", options.AlphaPattern)))
        {
            yield return mistake;
        }

        if (!(options.Dropout >= 0 && options.Dropout < 1))
            yield return $"Dropout (lora_dropout) is {options.Dropout.ToText()}; give at least 0 and below 1.";
        if (options.UpHasBias && options.UseDora)
            yield return "lora_bias and use_dora are both set, and DoRA has no update with a bias, as in PEFT; leave out one of them.";
        if (options.TargetModules.Names is { Count: 0 } && options.ModulesToSave.Count == 0)
            yield return "There are no targets (target_modules); name layers such as q_proj and v_proj, or all-linear.";
        if (options.ExcludedModules is { IsAllLinear: true } && !isFromFile)
        {
            yield return $"exclude_modules is '{options.ExcludedModules}', which PEFT takes for an expression that matches no layer; "
                + "name the layers to exclude.";
        }

        if (options.LayersToTransform is { Count: > 0 } && options.TargetModules.Names is null)
        {
            yield return "layers_to_transform needs a list of target names, but target_modules is the pattern "
                + $"'{options.TargetModules}'; put the layer numbers into the pattern.";
        }

        IEnumerable<(string Given, string Composed)> patterns = [
            .. new[] { options.TargetModules, options.ExcludedModules }.OfType<ModuleSelection>()
                .Where(selection => selection.Names is null).Select(selection => (selection.Pattern!, selection.Pattern!)),
            .. options.RankPattern.Select(pair => pair.Key).Concat(options.AlphaPattern.Select(pair => pair.Key))
                .Select(pattern => (pattern, ModulePatterns.EndOf(pattern))),
            .. options.LayersPatterns.Select(pattern => (pattern, ModulePatterns.NumberAfter(pattern))),
            .. options.ModulesToSave.Select(pattern => (pattern, ModulePatterns.Containing(pattern)))];
        foreach ((string given, string composed) in patterns)
        {
            if (Problem(composed) is { } problem)
            {
                yield return $"'{given}' is not a regular expression of Python: "
                    + (given == composed ? $"it has {problem}." : $"'{composed}', in which PEFT uses it, has {problem}.");
            }
        }
    }

    // The first match applies here, but of equal names in a file Python keeps the last value.
    private static IEnumerable<string> Repeated<T>(string field, IReadOnlyList<KeyValuePair<string, T>> pairs) =>
        pairs.GroupBy(pair => pair.Key).Where(same => same.Count() > 1)
            .Select(same => $"{field} has '{same.Key}' {same.Count()} times; give it one value.");

    private static bool IsAlpha(double alpha, bool isFromFile) => double.IsFinite(alpha) && (isFromFile || alpha > 0);

    private static string? Problem(string pattern)
    {
        try
        {
            ModulePatterns.Compiled(pattern);
            return null;
        }
        catch (PythonExpressionException exception)
        {
            return exception.Message;
        }
    }
}
