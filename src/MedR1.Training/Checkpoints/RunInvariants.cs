using System.Globalization;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// What a run that goes on must have as the run that was saved had it: what makes it another run, and settings that may change
/// where the options allow it by name.
/// </summary>
/// <param name="trainer">The trainer's name.</param>
/// <param name="policy">The policy.</param>
/// <param name="values">What the trainer knows of, by name.</param>
/// <param name="options">The options, with their settings and the changes that they allow.</param>
/// <param name="totalSteps">Steps of the whole run.</param>
/// <param name="ratesBeside">What <see cref="TrainerOptions.LearningRateOf"/> comes to beside another rate of the run.</param>
internal sealed class RunInvariants(
    string trainer, IVisionLanguagePolicy policy, IReadOnlyDictionary<string, string> values, TrainerOptions options, int totalSteps,
    Func<double, string> ratesBeside)
{
    /// <summary>Names the weights that a cloned reference has.</summary>
    public const string StartWeights = "weights that the policy was built with";

    /// <summary>Their value where nothing is compared with them.</summary>
    public const string NotNeeded = "not needed";

    // Settings that are no options of the trainer; functions, of which its policy's parameters tell what they say; and options that mean
    // something beside some losses or policies alone.
    private static readonly string[] s_others =
    [
        "sampling", "prompts", "examples", "order", "planner", "loss", "advantages",
        nameof(TrainerOptions.IsFrozen), nameof(TrainerOptions.LearningRateOf),
        nameof(GrpoTrainerOptions.SkipCompletionsWithoutGradient), nameof(SftTrainerOptions.SortByLength),
    ];

    private readonly Dictionary<string, string> _settings = options.Settings(totalSteps);
    private readonly List<string> _changes = [];

    /// <summary>All of them, those of the policy among them.</summary>
    public Dictionary<string, string> Values => new(values.Concat(_settings))
    {
        ["seed of dropout"] = policy.DropoutSeed?.ToString(CultureInfo.InvariantCulture) ?? "none",
        ["number of matrices in 8 bits"] = policy.Parameters.Count(pair => !is_floating_point(pair.Value.dtype))
            .ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What was changed on purpose since the start of the run, for a person.</summary>
    public IReadOnlyList<string> Changes => _changes;

    /// <summary>Refuses a checkpoint of another run.</summary>
    /// <exception cref="CheckpointException">It names every difference.</exception>
    public void Require(string source, CheckpointState state)
    {
        Dictionary<string, string> now = Values;
        RequireKnown([.. now.Keys, .. state.Invariants.Keys]);
        List<string> mistakes = [];
        if (state.Format != CheckpointState.CurrentFormat)
        {
            mistakes.Add($"its format is {state.Format}, this version reads {CheckpointState.CurrentFormat}");
        }

        if (state.Trainer != trainer)
        {
            mistakes.Add($"it was written by {state.Trainer}, not by {trainer}");
        }

        string[] others = [.. now.Keys.Where(name => Differs(name, state.Invariants, now))];
        string[] allowed = [.. others.Where(
            name => IsSetting(name) && options.AllowedChanges.Contains(RunSettings.RootOf(name)))];
        string[] refused = [.. others.Except(allowed).Where(name => name != StartWeights || !NeedChanged(allowed, state.Invariants, now))];
        string Tell(string name) => $"{name} was {state.Invariants.GetValueOrDefault(name, "not known")} and is {now[name]}";
        mistakes.AddRange(refused.Select(Tell));
        if (mistakes.Count > 0)
        {
            bool areOtherWeights = refused.Contains(StartWeights) && !IsNeedOf(state.Invariants, now);
            throw new CheckpointException(
                $"The checkpoint '{source}' is of another run: {string.Join("; ", mistakes)}. {Fix(refused, areOtherWeights)}")
            {
                Differences = mistakes,
            };
        }

        _changes.Clear();
        _changes.AddRange([.. state.Changes, .. allowed.Select(name => $"behind step {state.Run.Step}: {Tell(name)}")]);
    }

    private void RequireKnown(string[] names)
    {
        string[] known = [.. names.Where(IsSetting).Select(RunSettings.RootOf).Concat(options.MayBeLeftOut).Distinct().Order()];
        string[] unknown = [.. options.AllowedChanges.Except(known)];
        if (unknown.Length > 0)
        {
            throw new CheckpointException(
                $"AllowChangedSettings names {string.Join(", ", unknown)}; what may change in a run that goes on is "
                + $"{string.Join(", ", known)}.");
        }
    }

    // A divergence that is no longer penalised, or is from here on, takes the reference with it or brings it.
    private static bool NeedChanged(string[] allowed, Dictionary<string, string> before, Dictionary<string, string> now) =>
        IsNeedOf(before, now) && allowed.Any(name => RunSettings.RootOf(name) is "loss" or "targets");

    private static bool IsNeedOf(Dictionary<string, string> before, Dictionary<string, string> now) =>
        before.GetValueOrDefault(StartWeights) == NotNeeded || now[StartWeights] == NotNeeded;

    private string Fix(string[] others, bool areOtherWeights)
    {
        string weights = areOtherWeights
            ? " A run goes on from the weights that it was started from: load the policy from there, not from the checkpoint, "
            + "whose weights are read into it." : "";
        string[] settings = [.. others.Where(IsSetting).Select(RunSettings.RootOf).Distinct().Select(name => $"\"{name}\"")];
        string allow = settings.Length == 0 ? ""
            : $" To go on with other settings on purpose: .AllowChangedSettings({string.Join(", ", settings)}).";
        return $"Set them as they were, or start anew.{allow}{weights}";
    }

    // Its properties behind a dot are of a setting too where the option itself makes another run, as Replay does.
    private bool IsSetting(string name) => name.Contains('.') || s_others.Contains(name) || _settings.ContainsKey(name);

    // An older version did not write every setting.
    private bool Differs(string name, Dictionary<string, string> before, Dictionary<string, string> now)
    {
        if (IsSetting(name) && !before.ContainsKey(name))
        {
            return false;
        }

        // Of another loss, or of one that was none, the kind alone says it, and so it is of what a loss holds.
        return before.GetValueOrDefault(name) != now[name]
            && RunSettings.WholesOf(name).All(whole => before.GetValueOrDefault(whole) == now.GetValueOrDefault(whole))
            && !FollowsFromRate(name, before);
    }

    // A rate that was the run's own, or is it now, is left out of what the function says, which has not changed for that.
    private bool FollowsFromRate(string name, Dictionary<string, string> before) =>
        name == nameof(options.LearningRateOf)
        && double.TryParse(
            before.GetValueOrDefault(nameof(options.LearningRate)), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate)
        && before[name] == ratesBeside(rate);
}
