using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Runs one token per row through a network. Because the work may be recorded and replayed without calling the delegate again, it
/// must neither wait for the device nor copy between device and host.
/// </summary>
/// <param name="tokens"><c>[N]</c> int64.</param>
/// <param name="positions"><c>[N]</c> int64: the position of each token.</param>
/// <param name="pattern">The attention pattern.</param>
/// <returns><c>[N, vocabulary]</c> float32.</returns>
public delegate Tensor DecoderPass(Tensor tokens, Tensor positions, IAttentionPattern pattern);
