using System.Globalization;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// What a resumed run must share with the saved one: what defines the run, and settings that may change only if the options allow it by
/// name.
/// </summary>
/// <param name="trainer">The trainer's name.</param>
/// <param name="policy">The policy.</param>
/// <param name="values">What the trainer contributes, by name.</param>
/// <param name="options">The options, with their settings and the changes that they allow.</param>
/// <param name="totalSteps">Steps of the whole run.</param>
/// <param name="ratesBeside">
/// Describes the rates that <see cref="TrainerOptions.LearningRateOf"/> sets, assuming a given learning rate of the run.
/// </param>
internal sealed class RunInvariants(
    string trainer, IVisionLanguagePolicy policy, IReadOnlyDictionary<string, string> values, TrainerOptions options, int totalSteps,
    Func<double, string> ratesBeside)
{
    /// <summary>The name of the invariant for the initial weights, which a cloned reference has.</summary>
    public const string StartWeights = "weights that the policy was built with";

    /// <summary>The value of <see cref="StartWeights"/> in a run that needs no reference.</summary>
    public const string NotNeeded = "not needed";

    // Settings that are not options of the trainer; functions, which are described by what they return for the policy's parameters;
    // and options that have an effect only with some losses or policies.
    private static readonly string[] s_others =
    [
        "sampling", "prompts", "examples", "order", "planner", "loss", "advantages",
        nameof(TrainerOptions.IsFrozen), nameof(TrainerOptions.LearningRateOf),
        nameof(GrpoTrainerOptions.SkipCompletionsWithoutGradient), nameof(SftTrainerOptions.SortByLength),
    ];

    private readonly Dictionary<string, string> _settings = options.Settings(totalSteps);
    private readonly List<string> _changes = [];

    /// <summary>All invariants, including those of the policy.</summary>
    public Dictionary<string, string> Values => new(values.Concat(_settings))
    {
        ["seed of dropout"] = policy.DropoutSeed?.ToString(CultureInfo.InvariantCulture) ?? "none",
        ["number of matrices in 8 bits"] = policy.Parameters.Count(pair => !is_floating_point(pair.Value.dtype))
            .ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What was changed deliberately since the start of the run, in human-readable form.</summary>
    public IReadOnlyList<string> Changes => _changes;

    /// <summary>Rejects a checkpoint of a different run.</summary>
    /// <exception cref="CheckpointException">
    /// The runs differ, and the message names every difference; or an allowed change is unknown.
    /// </exception>
    public void Require(string source, CheckpointState state)
    {
        Dictionary<string, string> now = Values;
        RequireKnown([.. now.Keys, .. state.Invariants.Keys]);
        List<string> mistakes = [];
        if (state.Format != CheckpointState.CurrentFormat)
        {
            mistakes.Add($"its format is {state.Format}, but this version reads {CheckpointState.CurrentFormat}");
        }

        if (state.Trainer != trainer)
        {
            mistakes.Add($"it was written by {state.Trainer}, not by {trainer}");
        }

        string[] others = [.. now.Keys.Where(name => Differs(name, state.Invariants, now))];
        string[] allowed = [.. others.Where(
            name => IsSetting(name) && options.AllowedChanges.Contains(RunSettings.RootOf(name)))];
        string[] refused = [.. others.Except(allowed).Where(name => name != StartWeights || !NeedChanged(allowed, state.Invariants, now))];
        string Tell(string name) => $"{name} was {state.Invariants.GetValueOrDefault(name, "unknown")} and is {now[name]}";
        mistakes.AddRange(refused.Select(Tell));
        if (mistakes.Count > 0)
        {
            bool areOtherWeights = refused.Contains(StartWeights) && !IsNeedOf(state.Invariants, now);
            throw new CheckpointException(
                $"The checkpoint '{source}' belongs to another run: {string.Join("; ", mistakes)}. {Fix(refused, areOtherWeights)}")
            {
                Differences = mistakes,
            };
        }

        _changes.Clear();
        _changes.AddRange([.. state.Changes, .. allowed.Select(name => $"after step {state.Run.Step}: {Tell(name)}")]);
    }

    private void RequireKnown(string[] names)
    {
        string[] known = [.. names.Where(IsSetting).Select(RunSettings.RootOf).Concat(options.MayBeLeftOut).Distinct().Order()];
        string[] unknown = [.. options.AllowedChanges.Except(known)];
        if (unknown.Length > 0)
        {
            throw new CheckpointException(
                $"AllowChangedSettings names {string.Join(", ", unknown)}; a resumed run may change only "
                + $"{string.Join(", ", known)}.");
        }
    }

    // Removing or adding a divergence penalty removes or adds the need for a reference.
    private static bool NeedChanged(string[] allowed, Dictionary<string, string> before, Dictionary<string, string> now) =>
        IsNeedOf(before, now) && allowed.Any(name => RunSettings.RootOf(name) is "loss" or "targets");

    private static bool IsNeedOf(Dictionary<string, string> before, Dictionary<string, string> now) =>
        before.GetValueOrDefault(StartWeights) == NotNeeded || now[StartWeights] == NotNeeded;

    private string Fix(string[] others, bool areOtherWeights)
    {
        string weights = areOtherWeights
            ? " To resume, load the policy with the weights that the run was started with, not from the checkpoint, "
            + "whose weights are read into it." : "";
        string[] settings = [.. others.Where(IsSetting).Select(RunSettings.RootOf).Distinct().Select(name => $"\"{name}\"")];
        string allow = settings.Length == 0 ? ""
            : $" To deliberately continue with other settings: .AllowChangedSettings({string.Join(", ", settings)}).";
        return $"Restore them, or start a new run.{allow}{weights}";
    }

    // Properties after a dot are settings, even of an option that itself defines the run, such as Replay.
    private bool IsSetting(string name) => name.Contains('.') || s_others.Contains(name) || _settings.ContainsKey(name);

    // Older versions did not write every setting.
    private bool Differs(string name, Dictionary<string, string> before, Dictionary<string, string> now)
    {
        if (IsSetting(name) && !before.ContainsKey(name))
        {
            return false;
        }

        // If a loss, or a part of one, is of a different kind than before or was missing, only its kind is reported and not its parts.
        return before.GetValueOrDefault(name) != now[name]
            && RunSettings.WholesOf(name).All(whole => before.GetValueOrDefault(whole) == now.GetValueOrDefault(whole))
            && !FollowsFromRate(name, before);
    }

    // The description leaves out the run's own rate, so that changing that rate changes the description of an unchanged function.
    private bool FollowsFromRate(string name, Dictionary<string, string> before) =>
        name == nameof(options.LearningRateOf)
        && double.TryParse(
            before.GetValueOrDefault(nameof(options.LearningRate)), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate)
        && before[name] == ratesBeside(rate);
}
