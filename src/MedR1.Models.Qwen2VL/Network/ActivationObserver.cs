using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Sees what is computed on the way, for comparison with another implementation.</summary>
/// <param name="name">The place, like <c>block_3</c> or <c>layer_0</c>.</param>
/// <param name="activation">What was computed; it is disposed after the call.</param>
internal delegate void ActivationObserver(string name, Tensor activation);
