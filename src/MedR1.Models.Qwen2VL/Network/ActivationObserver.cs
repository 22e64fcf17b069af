using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Receives intermediate activations, for comparison with another implementation.</summary>
/// <param name="name">The name of the activation, such as <c>block_3</c> or <c>layer_0</c>.</param>
/// <param name="activation">The activation; it is disposed after the call.</param>
internal delegate void ActivationObserver(string name, Tensor activation);
