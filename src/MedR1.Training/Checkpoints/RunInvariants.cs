using System.Globalization;
using MedR1.Modeling;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>What a run that goes on must have as the run that was saved had it.</summary>
/// <param name="trainer">The trainer's name.</param>
/// <param name="policy">The policy.</param>
/// <param name="values">What the trainer knows of, by name.</param>
internal sealed class RunInvariants(string trainer, IVisionLanguagePolicy policy, IReadOnlyDictionary<string, string> values)
{
    /// <summary>Names the weights that a cloned reference has.</summary>
    public const string StartWeights = "weights that the policy was built with";

    /// <summary>All of them, those of the policy among them.</summary>
    public Dictionary<string, string> Values { get; } = new(values)
    {
        ["seed of dropout"] = policy.DropoutSeed?.ToString(CultureInfo.InvariantCulture) ?? "none",
        ["number of matrices in 8 bits"] = policy.Parameters.Count(pair => !is_floating_point(pair.Value.dtype))
            .ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Refuses a checkpoint of another run.</summary>
    /// <exception cref="CheckpointException">It names every difference.</exception>
    public void Require(string source, CheckpointState state)
    {
        List<string> mistakes = [];
        if (state.Format != CheckpointState.CurrentFormat)
        {
            mistakes.Add($"its format is {state.Format}, this version reads {CheckpointState.CurrentFormat}");
        }

        if (state.Trainer != trainer)
        {
            mistakes.Add($"it was written by {state.Trainer}, not by {trainer}");
        }

        string[] others = [.. Values.Keys.Where(name => state.Invariants.GetValueOrDefault(name) != Values[name])];
        mistakes.AddRange(others.Select(
            name => $"{name} was {state.Invariants.GetValueOrDefault(name, "not known")} and is {Values[name]}"));
        if (mistakes.Count == 0)
        {
            return;
        }

        string weights = others.Contains(StartWeights)
            ? " A run goes on from the weights that it was started from: load the policy from there, not from the checkpoint, "
            + "whose weights are read into it." : "";
        throw new CheckpointException(
            $"The checkpoint '{source}' is of another run: {string.Join("; ", mistakes)}. Set them as they were, "
            + $"or start anew.{weights}");
    }
}
