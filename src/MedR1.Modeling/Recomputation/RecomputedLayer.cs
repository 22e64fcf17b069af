using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>A layer that the backward pass computes again.</summary>
/// <param name="Pass">The pass that it is of.</param>
/// <param name="Forward">Applies it.</param>
/// <param name="Adapters">What was on.</param>
/// <param name="InputTakesGradient">Whether its input does.</param>
internal sealed record RecomputedLayer(
    CheckpointedPass Pass, Func<Tensor, Tensor> Forward, AdapterState Adapters, bool InputTakesGradient);
