using TorchSharp.Modules;

namespace MedR1.Training;

/// <summary>Parameters that share their training settings. The optimizer neither copies nor disposes them.</summary>
/// <param name="Name">A name for messages and metrics.</param>
/// <param name="Parameters">The parameters by their name in a checkpoint file.</param>
public sealed record ParameterGroup(string Name, IReadOnlyList<KeyValuePair<string, Parameter>> Parameters)
{
    /// <summary>The learning rate at the schedule's factor 1.</summary>
    /// <value>The default is 1e-6, as in TRL's GRPO.</value>
    public double LearningRate { get; init; } = 1e-6;

    /// <summary>AdamW's decoupled weight decay.</summary>
    /// <value>The default is 0.</value>
    public double WeightDecay { get; init; }
}
